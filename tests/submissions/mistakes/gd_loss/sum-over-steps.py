"""The values after all ten steps are summed."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x, loss = x0, 0.0
    for alpha in alphas:
        x = x - alpha * jax.grad(f)(x)
        loss += f(x)
    return loss
