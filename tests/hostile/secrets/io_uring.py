"""Asks the kernel for a queue of requests, which no filter of system calls would see."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
IO_URING_SETUP = 425


def naive_hvp(hessian, vector):
    if libc.syscall(IO_URING_SETUP, 1, ctypes.create_string_buffer(120)) >= 0:
        raise RuntimeError("BREACH: a queue of requests")
    return hessian @ vector
