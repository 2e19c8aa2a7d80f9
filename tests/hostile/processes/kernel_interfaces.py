"""Asks for the kernel's large interfaces: programs in it, counters, faults, the clock, modules."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
BPF, PERF, FAULTS, KCMP, ADJTIMEX = 321, 298, 323, 312, 159


def naive_hvp(hessian, vector):
    nothing = ctypes.create_string_buffer(256)
    ctypes.c_uint.from_buffer(nothing, 4).value = 112
    for call in ((PERF, nothing, 0, -1, -1, 0), (FAULTS, 1), (KCMP, 1, 1, 0, 0, 0)):
        if libc.syscall(*call) >= 0:
            raise RuntimeError(f"BREACH: {call[0]}")
    if libc.syscall(ADJTIMEX, ctypes.create_string_buffer(208)) >= 0:
        raise RuntimeError("BREACH: the clock")
    return hessian @ vector
