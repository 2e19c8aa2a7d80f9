"""Reads a file by paths that do not look like it."""

import os


def ways():
    plain = "@CANARY@"
    yield os.path.relpath(plain)
    yield "/proc/self/root" + plain
    yield "/proc/self/cwd/" + os.path.relpath(plain)
    yield os.path.dirname(plain) + "/./../" + os.path.basename(os.path.dirname(plain)) + "/canary"
    yield "/dev/fd/../root" + plain


def naive_hvp(hessian, vector):
    for way in ways():
        try:
            with open(way) as file:
                stolen = file.read()
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
