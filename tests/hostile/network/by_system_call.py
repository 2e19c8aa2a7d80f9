"""Makes the system calls of a connection itself, past Python's module."""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def naive_hvp(hessian, vector):
    address = struct.pack("=H", 2) + struct.pack(">H4s8x", int("@PORT@"), bytes([127, 0, 0, 1]))
    descriptor = libc.socket(2, 1, 0)
    libc.connect(descriptor, address, len(address))
    if descriptor >= 0:
        raise RuntimeError("BREACH: a socket")
    return hessian @ vector
