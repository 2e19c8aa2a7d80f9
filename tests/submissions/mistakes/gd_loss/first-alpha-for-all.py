"""The first step size is used in every step."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for _ in range(10):
        i = 0
        x = x - alphas[i] * jax.grad(f)(x)
        i += 1
    return f(x)
