"""Sends what it knows as a question to a name server."""

import socket

QUESTION = b"\x12\x34\x01\x00\x00\x01" + bytes(6) + b"\x06stolen\x04test\x00\x00\x01\x00\x01"


def naive_hvp(hessian, vector):
    try:
        socket.getaddrinfo("localhost", 53)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", int("@PORT@")))
            sender.send(QUESTION)
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: asked")
