"""Makes system calls that are newer than the filter, and numbers that are none."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def naive_hvp(hessian, vector):
    for number in (*range(451, 512), 2**20, 2**32 + 41):
        if libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) >= 0:
            raise RuntimeError(f"BREACH: {number}")
    return hessian @ vector
