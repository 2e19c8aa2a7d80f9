"""The steps go up the gradient."""
import functools

import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    update = lambda x, a: x + a * jax.grad(f)(x)
    return f(functools.reduce(update, alphas, x0))
