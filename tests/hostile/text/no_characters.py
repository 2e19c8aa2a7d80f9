"""Raises an exception with characters that are none: halves of pairs, and the last ones there are."""


def naive_hvp(hessian, vector):
    raise ValueError("\ud83d \udc80 \ufffe \uffff \U0010ffff \x00")
