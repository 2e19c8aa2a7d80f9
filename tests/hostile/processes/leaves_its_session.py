"""Asks to outlive its parent, and to be seen and debugged by others."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
OUTLIVE, DUMPABLE, TRACER = 1, 4, 0x59616D61


def naive_hvp(hessian, vector):
    if libc.prctl(OUTLIVE, 0, 0, 0, 0) == 0:
        raise RuntimeError("BREACH: it outlives its parent")
    if libc.prctl(DUMPABLE, 1, 0, 0, 0) == 0:
        raise RuntimeError("BREACH: it can be seen")
    for leave in (lambda: os.setpgid(0, os.getppid()), os.setsid):
        try:
            leave()
        except OSError:
            continue
        raise RuntimeError("BREACH: it left")
    return hessian @ vector
