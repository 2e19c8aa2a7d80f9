"""Opens folders, for their descriptors, and goes on from there."""

import os


def naive_hvp(hessian, vector):
    folder, name = os.path.split("@CANARY@")
    for start, rest in (("/", "@CANARY@"[1:]), (folder, name), ("..", os.path.relpath("@CANARY@", ".."))):
        for flags in (os.O_RDONLY | os.O_DIRECTORY, os.O_PATH):
            try:
                descriptor = os.open(start, flags)
                file = os.open(rest, os.O_RDONLY, dir_fd=descriptor)
            except OSError:
                continue
            raise RuntimeError(f"BREACH: {os.read(file, 1000).decode()}")
    return hessian @ vector
