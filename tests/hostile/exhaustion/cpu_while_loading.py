"""Computes for ever before any function can be called."""

import itertools

SCALE = sum(1 for _ in itertools.count())


def naive_hvp(hessian, vector):
    return SCALE * (hessian @ vector)
