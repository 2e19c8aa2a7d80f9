"""Asks for the kernel's own memory: pipes, message queues, timers, pairs of sockets."""

import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)


def naive_hvp(hessian, vector):
    for ask in (os.pipe, socket.socketpair):
        try:
            ask()
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {ask}")
    timer = ctypes.c_void_p()
    for call in (
        lambda: libc.timer_create(1, None, ctypes.byref(timer)),
        lambda: libc.timerfd_create(1, 0),
        lambda: libc.signalfd(-1, ctypes.byref(timer), 0),
    ):
        if call() >= 0:
            raise RuntimeError("BREACH: a timer")
    return hessian @ vector
