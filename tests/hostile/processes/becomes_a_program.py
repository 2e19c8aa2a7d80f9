"""Becomes another program, with the pipes to the grader in its hands."""

import os


def naive_hvp(hessian, vector):
    for become in (
        lambda: os.execv("/bin/sh", ["sh", "-c", "touch @OUTSIDE@/became"]),
        lambda: os.execvpe("touch", ["touch", "@OUTSIDE@/became"], {}),
    ):
        try:
            become()
        except OSError:
            pass
    return hessian @ vector
