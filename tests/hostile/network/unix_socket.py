"""Connects to a socket in the file system, as that of a container service is."""

import socket


def naive_hvp(hessian, vector):
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect("@SOCKET@")
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: connected")
