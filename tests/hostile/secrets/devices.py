"""Opens the kernel's log, the machine's memory and the terminal."""

import os


def naive_hvp(hessian, vector):
    for path in ("/dev/kmsg", "/dev/mem", "/proc/kcore", "/proc/kmsg", "/dev/tty", "/dev/ptmx"):
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {path}")
    return hessian @ vector
