"""Makes pipes, devices and folders, where whoever tidies up may stumble over them."""

import os
import stat


def naive_hvp(hessian, vector):
    for folder in (".", "@OUTSIDE@"):
        for make in (
            lambda path: os.mkfifo(path),
            lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3)),
            lambda path: os.mkdir(path),
        ):
            try:
                make(f"{folder}/special")
            except OSError:
                continue
            raise RuntimeError("BREACH: a special file")
    return hessian @ vector
