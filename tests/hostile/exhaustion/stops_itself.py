"""Stops its own process, as job control would: it neither runs nor ends."""

import os
import signal


def naive_hvp(hessian, vector):
    os.kill(os.getpid(), signal.SIGSTOP)
    return hessian @ vector
