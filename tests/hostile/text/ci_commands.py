"""Raises an exception that a CI would take for commands where a long line is broken."""


def naive_hvp(hessian, vector):
    raise ValueError("x " + "::error file=hw.py::pwned " * 10)
