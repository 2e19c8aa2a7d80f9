"""Opens installed packages for writing: they are what the next student's program runs on."""

import os

import jax
import numpy


def naive_hvp(hessian, vector):
    for module in (jax, numpy, os):
        try:
            os.close(os.open(module.__file__, os.O_RDWR))
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {module}")
    return hessian @ vector
