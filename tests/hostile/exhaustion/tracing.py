"""Traces a program without end, which grows as it goes."""

import jax.numpy as jnp


def naive_hvp(hessian, vector):
    result = hessian @ vector
    while True:
        result = jnp.sin(result)
