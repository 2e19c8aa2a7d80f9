"""Only the upper triangle of the matrix enters the product."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    n = len(vector)
    rows = []
    for i in range(n):
        rows.append(jnp.dot(hessian[i, i:], vector[i:]))
    return jnp.stack(rows)
