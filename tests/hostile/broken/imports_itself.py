"""Imports itself, by every way there is."""

import imports_itself
from imports_itself import *
from . import imports_itself as again
from .imports_itself import naive_hvp as third


def naive_hvp(hessian, vector):
    return hessian @ vector
