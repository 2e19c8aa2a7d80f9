# -*- coding: ../../../../@OUTSIDE@/evil -*-
"""Names an encoding that would be looked up as a module."""


def naive_hvp(hessian, vector):
    return hessian @ vector
