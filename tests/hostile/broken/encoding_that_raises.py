# -*- coding: undefined -*-
"""Names an encoding whose only use is to raise."""


def naive_hvp(hessian, vector):
    return hessian @ vector
