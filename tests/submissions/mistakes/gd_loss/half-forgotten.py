"""The value lacks the factor one half, the steps are right."""
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for alpha in alphas:
        x = x - alpha * x
    return jnp.dot(x, x)
