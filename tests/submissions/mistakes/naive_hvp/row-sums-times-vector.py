"""The row sums of the matrix are multiplied by the vector elementwise."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    # sum over j
    return jnp.einsum("ij,i->i", hessian, vector)
