"""Opens a thousand files and closes none."""

import os

held = []


def naive_hvp(hessian, vector):
    while len(held) < 1000:
        held.append(os.open(os.devnull, os.O_RDONLY))
    return hessian @ vector
