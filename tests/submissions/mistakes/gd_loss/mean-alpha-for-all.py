"""The mean of the step sizes is used in every step."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # средний шаг
    alpha = alphas.sum() / 10
    x_10 = (1 - alpha) ** 10 * x0
    return 0.5 * x_10 @ x_10
