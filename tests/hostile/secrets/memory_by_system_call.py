"""Reads and writes the memory of its parent and of the grader by system calls."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Piece(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def naive_hvp(hessian, vector):
    buffer = ctypes.create_string_buffer(16)
    here = Piece(ctypes.addressof(buffer), 16)
    # a forked process has its libraries where its parent has them
    there = Piece(ctypes.cast(libc.getpid, ctypes.c_void_p).value, 16)
    for pid in (os.getppid(), int("@GRADER@")):
        if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
            raise RuntimeError(f"BREACH: {buffer.raw}")
        if libc.process_vm_writev(pid, ctypes.byref(here), 1, ctypes.byref(there), 0, 0) == 0:
            raise RuntimeError("BREACH: it could have been written to")
    return hessian @ vector
