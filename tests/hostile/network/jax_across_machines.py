"""Lets JAX join a cluster, by a library that opens its connections in C++."""

import jax


def join():
    try:
        jax.distributed.initialize(
            "127.0.0.1:@PORT@", num_processes=2, process_id=1, initialization_timeout=1
        )
    except Exception:
        return False
    return True


JOINED = join()


def naive_hvp(hessian, vector):
    if JOINED:
        raise RuntimeError("BREACH: it joined")
    return hessian @ vector
