"""Makes a system call in the way of 32-bit programs, whose numbers are others."""

import mmap
import ctypes

GETPID = 20
CODE = b"\xb8" + GETPID.to_bytes(4, "little") + b"\xcd\x80\xc3"  # mov eax, 20; int 0x80; ret


def naive_hvp(hessian, vector):
    all_rights = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    memory = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, all_rights)
    memory.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    raise RuntimeError(f"BREACH: {ctypes.CFUNCTYPE(ctypes.c_int)(address)()}")
