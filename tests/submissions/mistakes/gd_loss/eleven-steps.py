"""Eleven steps are made, the last step size is used twice."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x ** 2)


def gd_loss(alphas, x0):
    # x_0, x_1, ..., x_10
    body = lambda k, x: x - alphas[k] * jax.grad(f)(x)
    return f(jax.lax.fori_loop(0, 11, body, x0))
