"""Returns an object that turns into an array where it is asked to: that much is allowed."""

import numpy as np


class Result:
    def __init__(self, array):
        self._array = array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._array, dtype)


def naive_hvp(hessian, vector):
    return Result(hessian @ vector)
