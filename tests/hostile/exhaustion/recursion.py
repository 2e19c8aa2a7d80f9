"""Recurses until the stack of C is used up."""

import sys


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr([self])


def naive_hvp(hessian, vector):
    sys.setrecursionlimit(2**31 - 1)
    return repr(Deep())
