"""Asks for huge pages, for memory that grows downwards, and for memory that is locked."""

import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
FAILED = ctypes.c_void_p(-1).value
PLAIN, GROWS_DOWN, HUGE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 0x100, 0x40000


def mapped(size, flags):
    return libc.mmap(None, ctypes.c_size_t(size), 3, flags, -1, ctypes.c_long(0)) != FAILED


def naive_hvp(hessian, vector):
    for kind, granted in (
        ("grows downwards", mapped(1 << 20, PLAIN | GROWS_DOWN)),
        ("huge pages", mapped(2 << 20, PLAIN | HUGE)),
        ("locked", libc.mlockall(1) == 0),
        ("secret", libc.syscall(447, 0) >= 0),
    ):
        if granted:
            raise RuntimeError(f"BREACH: {kind}")
    return hessian @ vector
