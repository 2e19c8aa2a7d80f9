"""Computes for ever in one step of C, where no signal handler of Python's would run."""


def naive_hvp(hessian, vector):
    return 7 ** (7**12) * vector
