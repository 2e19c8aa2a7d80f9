"""Opens a port and waits for whoever comes."""

import socket


def naive_hvp(hessian, vector):
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, "\0@MARK@2")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as listening:
                listening.bind(address)
                listening.listen()
        except OSError:
            continue
        raise RuntimeError("BREACH: it listens")
    return hessian @ vector
