"""Makes a program in its own folder that would run with its owner's rights."""

import os


def naive_hvp(hessian, vector):
    for make in (
        lambda: os.open("powerful", os.O_CREAT | os.O_WRONLY, 0o4755),
        lambda: os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o600),
        lambda: os.chmod("powerful", 0o4755),
    ):
        try:
            make()
        except OSError:
            continue
        raise RuntimeError("BREACH: a file with special rights")
    return hessian @ vector
