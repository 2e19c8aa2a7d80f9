"""Lists the processes, their command lines and their descriptors."""

import os


def naive_hvp(hessian, vector):
    for path in ("/proc", f"/proc/{os.getppid()}/fd", "/proc/@GRADER@/fd", "/proc/self/fd"):
        try:
            stolen = os.listdir(path)
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {path} holds {stolen[:3]}")
    for path in ("/proc/@GRADER@/cmdline", "/proc/self/mountinfo", "/proc/net/tcp"):
        try:
            with open(path) as file:
                stolen = file.read(100)
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {path} holds {stolen}")
    return hessian @ vector
