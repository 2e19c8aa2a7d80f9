"""Signals others by rare system calls, and by files that signal whom they are told to."""

import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
TKILL, TGKILL, QUEUE, PIDFD_OPEN, PIDFD_SIGNAL = 200, 234, 129, 434, 424


def naive_hvp(hessian, vector):
    parent = os.getppid()
    information = ctypes.create_string_buffer(128)
    for call in (
        (TKILL, parent, 0),
        (TGKILL, parent, parent, 0),
        (QUEUE, parent, 0, information),
        (PIDFD_OPEN, parent, 0),
        (PIDFD_SIGNAL, 2, 0, None, 0),
    ):
        if libc.syscall(*call) >= 0:
            raise RuntimeError(f"BREACH: {call[0]}")
    for command in (fcntl.F_SETOWN, 10):
        try:
            fcntl.fcntl(0, command, parent if command == fcntl.F_SETOWN else signal.SIGIO)
        except OSError:
            continue
        raise RuntimeError("BREACH: a file that signals")
    return hessian @ vector
