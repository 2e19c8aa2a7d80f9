"""Becomes somebody else, and takes capabilities."""

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)


def naive_hvp(hessian, vector):
    for become in (
        lambda: os.setuid(0),
        lambda: os.setresgid(0, 0, 0),
        lambda: os.setgroups([]),
        lambda: os.chroot("/"),
    ):
        try:
            become()
        except OSError:
            continue
        raise RuntimeError("BREACH: somebody else")
    if libc.capset(struct.pack("=Ii", 0x20080522, 0), bytes(24)) == 0:
        raise RuntimeError("BREACH: capabilities")
    return hessian @ vector
