"""Forks, and its children fork."""

import os


def naive_hvp(hessian, vector):
    for _ in range(5):
        try:
            pid = os.fork()
        except OSError:
            continue
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        raise RuntimeError("BREACH: a child")
    return hessian @ vector
