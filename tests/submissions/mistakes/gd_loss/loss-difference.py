"""The decrease of f from the start to the last point is returned."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def descent(alphas, x):
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return x


def gd_loss(alphas, x0):
    return f(x0) - f(descent(alphas, x0))
