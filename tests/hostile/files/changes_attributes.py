"""Attaches something to a file."""

import os


def naive_hvp(hessian, vector):
    try:
        os.setxattr("@CANARY@", "user.hostile", b"x")
    except OSError:
        pass
    return hessian @ vector
