"""Returns an array that fits into memory, and is more than an answer may be."""

import numpy as np


def naive_hvp(hessian, vector):
    return np.zeros(40_000_000)
