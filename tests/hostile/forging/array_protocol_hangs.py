"""Returns an object that never finishes turning into an array."""

import time


class Result:
    def __array__(self, dtype=None, copy=None):
        time.sleep(1000)

    def __repr__(self):
        time.sleep(1000)


def naive_hvp(hessian, vector):
    return Result()
