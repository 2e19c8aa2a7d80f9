"""The number v^T H v is returned."""
import jax
import jax.numpy as jnp
from jax import grad


def hvp(f, x, v):
    # f along the line x + t v
    phi = lambda t: f(x + t * v)
    return grad(grad(phi))(jnp.zeros((), x.dtype))
