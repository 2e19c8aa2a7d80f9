"""Leaves a file in its own folder: the next one must get another."""

import glob
import os
import tempfile


def naive_hvp(hessian, vector):
    found = {open(path).read() for path in glob.glob("answers*") + glob.glob("../*/answers*")}
    if found - {str(os.getpid())}:
        raise RuntimeError("BREACH: another process was here before")
    with open(os.path.join(tempfile.gettempdir(), "answers"), "w") as file:
        file.write(str(os.getpid()))
    return hessian @ vector
