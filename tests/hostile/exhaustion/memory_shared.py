"""Maps shared memory, which a look at the process's own memory may miss."""

import mmap


def naive_hvp(hessian, vector):
    try:
        mmap.mmap(-1, 1 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: shared memory")
