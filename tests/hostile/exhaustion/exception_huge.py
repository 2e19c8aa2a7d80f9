"""Raises an exception with a hundred causes and a message of a hundred megabytes."""


def naive_hvp(hessian, vector):
    error = None
    for _ in range(100):
        following = ValueError("x" * 1_000_000)
        following.__cause__ = error
        error = following
    raise error
