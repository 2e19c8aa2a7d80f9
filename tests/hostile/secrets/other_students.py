"""Copies from another student's folder."""

import os


def naive_hvp(hessian, vector):
    try:
        stolen = os.listdir("@OTHERS@")
    except OSError:
        stolen = []
    try:
        with open("@OTHERS@/petrov/hw.py") as file:
            stolen.append(file.read())
    except OSError:
        pass
    if stolen:
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
