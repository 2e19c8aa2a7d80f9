"""Connects to a socket that is no file, as that of a desktop's message bus is."""

import socket


def naive_hvp(hessian, vector):
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect("\0@MARK@")
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: connected")
