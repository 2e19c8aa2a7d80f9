"""Leaves marks in modules, variables and the environment of the process."""

import os
import sys

import jax
import numpy as np


def naive_hvp(hessian, vector):
    here = str(os.getpid())
    found = {os.environ.get("LEFT_@MARK@"), getattr(np, "left", None), getattr(jax, "left", None)}
    found.add(getattr(sys.modules["adcheck.sandbox.wire"], "left", None))
    if found - {None, here}:
        raise RuntimeError("BREACH: another process was here before")
    os.environ["LEFT_@MARK@"] = here
    np.left = jax.left = sys.modules["adcheck.sandbox.wire"].left = here
    np.pi = 3.0
    return hessian @ vector
