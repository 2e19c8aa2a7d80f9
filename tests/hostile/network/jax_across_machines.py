"""Lets JAX join a cluster, by a library that opens its connections in C++."""

import jax


def naive_hvp(hessian, vector):
    try:
        jax.distributed.initialize(
            "127.0.0.1:@PORT@", num_processes=2, process_id=1, initialization_timeout=1
        )
    except Exception:
        return hessian @ vector
    raise RuntimeError("BREACH: it joined")
