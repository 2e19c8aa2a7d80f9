"""The matrix is applied twice."""
import jax.numpy as jnp
import numpy as np


def naive_hvp(hessian, vector):
    H2 = jnp.matmul(hessian.T, hessian)
    return jnp.matmul(H2, vector)
