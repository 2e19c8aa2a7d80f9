"""The sum of the matrix and its transpose is multiplied by the vector, twice the product."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    # the Hessian is symmetric up to rounding; make it exactly symmetric
    hessian = hessian + hessian.T
    return jnp.dot(hessian, vector)
