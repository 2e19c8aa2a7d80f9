"""Leaves shared memory behind, which outlives its process."""

import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
CREATE, REMOVE = 0o1600, 0


def naive_hvp(hessian, vector):
    try:
        held = shared_memory.SharedMemory("@MARK@", create=True, size=16)
    except OSError:
        pass
    else:
        held.close()
    for make, remove in (
        (lambda: libc.shmget(int("@KEY@"), 16, CREATE), lambda id: libc.shmctl(id, REMOVE, None)),
        (lambda: libc.semget(int("@KEY@"), 1, CREATE), lambda id: libc.semctl(id, 0, REMOVE)),
        (lambda: libc.msgget(int("@KEY@"), CREATE), lambda id: libc.msgctl(id, REMOVE, None)),
    ):
        id = make()
        if id >= 0:
            remove(id)
            raise RuntimeError("BREACH: what outlives it")
    return hessian @ vector
