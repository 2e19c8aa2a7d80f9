"""Makes a process by the bare system calls."""

import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
CLONE, FORK, VFORK, CLONE3 = 56, 57, 58, 435


def naive_hvp(hessian, vector):
    arguments = ctypes.create_string_buffer(88)
    ctypes.c_ulonglong.from_buffer(arguments, 32).value = signal.SIGCHLD
    for call in ((FORK,), (CLONE, signal.SIGCHLD, 0, 0, 0, 0), (CLONE3, arguments, 88)):
        pid = libc.syscall(*call)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            os.waitpid(pid, 0)
            raise RuntimeError(f"BREACH: {call}")
    return hessian @ vector
