"""Signals every process, its own group and the grader: with no signal, to do no harm."""

import os

import signal


def naive_hvp(hessian, vector):
    for pid in (-1, 0, 1, os.getppid(), int("@GRADER@"), -os.getppid()):
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {pid}")
    return hessian @ vector
