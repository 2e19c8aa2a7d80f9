"""Meddles with the machine's swap space."""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)


def naive_hvp(hessian, vector):
    # the canary is no swap space: whoever may ask is told that, and nothing happens
    for call in (libc.swapon, libc.swapoff):
        if call(b"@CANARY@", 0) == 0 or ctypes.get_errno() != errno.EPERM:
            raise RuntimeError("BREACH: it was asked what to swap to")
    return hessian @ vector
