"""Looks for a token of the CI among the environment variables."""

import os


def naive_hvp(hessian, vector):
    stolen = [value for value in os.environ.values() if "secret-" in value]
    if stolen:
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
