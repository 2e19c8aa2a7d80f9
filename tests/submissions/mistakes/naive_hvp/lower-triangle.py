"""Only the lower triangle of the matrix enters the product."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    # H симметрична, хватит одной половины
    return jnp.tril(hessian) @ vector
