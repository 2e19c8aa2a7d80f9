"""Raises an exception that is one word of a megabyte, and one of ten thousand lines."""


def naive_hvp(hessian, vector):
    raise ValueError("x" * 1_000_000 if vector.size > 2 else "x\n" * 10_000)
