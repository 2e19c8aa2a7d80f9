"""Connects to a server."""

import socket


def naive_hvp(hessian, vector):
    try:
        with socket.create_connection(("127.0.0.1", int("@PORT@")), 1) as connection:
            connection.sendall(str(hessian).encode())
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: connected")
