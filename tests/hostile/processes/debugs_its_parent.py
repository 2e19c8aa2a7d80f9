"""Attaches to its parent as a debugger, and offers itself to others."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
SEIZE, DETACH, TRACE_ME = 0x4206, 17, 0


def naive_hvp(hessian, vector):
    if libc.ptrace(SEIZE, os.getppid(), None, None) == 0:
        libc.ptrace(DETACH, os.getppid(), None, None)
        raise RuntimeError("BREACH: attached")
    return hessian @ vector
