"""Reads the environment of its parent, and of every other process."""

import glob
import os


def naive_hvp(hessian, vector):
    for path in (f"/proc/{os.getppid()}/environ", *glob.glob("/proc/[0-9]*/environ")):
        try:
            with open(path, "rb") as file:
                found = [word for word in file.read().split(b"\0") if b"=secret-" in word]
        except OSError:
            continue
        if found:
            raise RuntimeError(f"BREACH: {found[0].decode()}")
    return hessian @ vector
