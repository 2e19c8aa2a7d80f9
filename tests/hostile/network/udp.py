"""Sends a datagram, which needs no connection."""

import socket


def naive_hvp(hessian, vector):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"stolen", ("127.0.0.1", int("@PORT@")))
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: sent")
