"""Looks for descriptors of files, folders and sockets that it has inherited."""

import os
import stat


def naive_hvp(hessian, vector):
    for descriptor in range(1024):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISSOCK(mode):
            raise RuntimeError(f"BREACH: descriptor {descriptor}, {stat.filemode(mode)}")
    return hessian @ vector
