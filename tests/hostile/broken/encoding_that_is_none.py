# -*- coding: hex -*-
"""Names an encoding that is none for text, and that would unpack something."""


def naive_hvp(hessian, vector):
    return hessian @ vector
