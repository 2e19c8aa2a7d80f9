"""Takes open descriptors out of its parent and of the grader."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIDFD_OPEN, PIDFD_GETFD = 434, 438


def naive_hvp(hessian, vector):
    for pid in (os.getppid(), int("@GRADER@")):
        process = libc.syscall(PIDFD_OPEN, pid, 0)
        if libc.syscall(PIDFD_GETFD, process, 0, 0) >= 0:
            raise RuntimeError("BREACH: a descriptor")
    return hessian @ vector
