"""The vector is divided by its norm before the product."""
import jax.numpy as jnp


def naive_hvp(hessian, vector):
    direction = vector / jnp.linalg.norm(vector)   # направление единичной длины
    return hessian @ direction
