"""The matrix itself is returned."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    product = jnp.dot(hessian, vector)
    return hessian
