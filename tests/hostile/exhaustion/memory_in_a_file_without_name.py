"""Keeps memory in a file that exists in memory alone."""

import os


def naive_hvp(hessian, vector):
    try:
        descriptor = os.memfd_create("@MARK@")
    except OSError:
        return hessian @ vector
    os.write(descriptor, b"x" * (1 << 20))
    raise RuntimeError("BREACH: a file in memory")
