"""The value is the mean of the squares, the steps are right."""
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x * (1 - a)
    mse = jnp.mean(jnp.square(x))
    return mse
