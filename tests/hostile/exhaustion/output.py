"""Prints without end."""


def naive_hvp(hessian, vector):
    while True:
        print("x" * 1_000_000)
