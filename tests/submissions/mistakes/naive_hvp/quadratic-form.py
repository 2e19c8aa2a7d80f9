"""The number v^T H v is returned."""
from jax import numpy as jnp


def naive_hvp(hessian, vector):
    Hv = jnp.dot(hessian, vector)
    return jnp.dot(vector, Hv)
