"""The outer product of the gradient with itself is applied to the vector."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    g = jax.grad(f)(x)
    # (g g^T) v = g (g^T v), без матрицы n x n
    return g * jnp.dot(g, v)
