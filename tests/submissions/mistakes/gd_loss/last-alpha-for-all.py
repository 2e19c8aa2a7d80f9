"""The functions made in the loop all see the last step size."""
import jax.numpy as jnp


def gd_loss(alphas, x0):
    steps = []
    for a in alphas:
        steps.append(lambda x: x - a * x)
    x = x0
    for step in steps:
        x = step(x)
    return 0.5 * jnp.sum(x * x)
