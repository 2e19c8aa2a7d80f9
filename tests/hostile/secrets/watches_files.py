"""Asks to be told what others do with their files."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
ALL_EVENTS = 0xFFF


def naive_hvp(hessian, vector):
    queue = libc.inotify_init()
    if queue >= 0 and libc.inotify_add_watch(queue, b"@OUTSIDE@", ALL_EVENTS) >= 0:
        raise RuntimeError("BREACH: it watches")
    if libc.fanotify_init(0, 0) >= 0:
        raise RuntimeError("BREACH: it watches everything")
    return hessian @ vector
