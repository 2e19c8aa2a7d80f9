"""Enters namespaces, where it would be root and could mount and connect."""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NETWORK, NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000


def naive_hvp(hessian, vector):
    for flags in (NEW_USER, NEW_NETWORK, NEW_MOUNTS, 0):
        if libc.unshare(flags) == 0:
            raise RuntimeError("BREACH: a namespace")
    for call in (lambda: libc.setns(0, 0), lambda: libc.mount(None, b"@OUTSIDE@", None, 0, None)):
        if call() == 0 or ctypes.get_errno() != errno.EPERM:
            raise RuntimeError("BREACH: it was asked")
    return hessian @ vector
