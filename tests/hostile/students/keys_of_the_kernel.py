"""Leaves a key in the kernel's keyring of its user, where every process of the user finds it."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY, KEYCTL, USER_KEYRING, INVALIDATE = 248, 250, -4, 21


def naive_hvp(hessian, vector):
    key = libc.syscall(ADD_KEY, b"user", b"@MARK@", b"answers", 7, USER_KEYRING)
    if key >= 0:
        libc.syscall(KEYCTL, INVALIDATE, key)
        raise RuntimeError("BREACH: a key")
    return hessian @ vector
