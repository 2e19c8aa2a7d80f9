"""Stores files whose names are hard to look at and to remove: allowed, and gone afterwards."""

import os


def naive_hvp(hessian, vector):
    for name in (b"\xff\xfe", b"-rf", b"\x1b[31m", b"line\nbreak", b"x" * 255, b" ", b"~", b"*"):
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0))
        except FileExistsError:
            pass
    return hessian @ vector
