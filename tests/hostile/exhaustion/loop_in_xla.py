"""Compiles in no time, and then loops for ever inside XLA."""

import jax


def naive_hvp(hessian, vector):
    return jax.lax.while_loop(lambda x: x[0] == x[0], lambda x: x + 1, hessian @ vector)
