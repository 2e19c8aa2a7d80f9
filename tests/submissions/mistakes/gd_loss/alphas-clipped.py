"""The step sizes are clipped to [0, 0.1]."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        a = jnp.minimum(jnp.maximum(a, 0.0), 0.1)   # шаг из [0, 0.1]
        x = x - a * jax.grad(f)(x)
    return f(x)
