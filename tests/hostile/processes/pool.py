"""Uses a pool of processes, as an honest program may try to: it is told that it may not."""

import multiprocessing


def double(x):
    return 2 * x


def naive_hvp(hessian, vector):
    with multiprocessing.Pool(2) as pool:
        pool.map(double, range(10))
    raise RuntimeError("BREACH: processes")
