"""The vector itself is returned."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    jnp.matmul(hessian, vector)
    return vector
