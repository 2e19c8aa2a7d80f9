"""The values after each of the ten steps are returned as an array."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    history = []
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
        history.append(f(x))
    return jnp.stack(history)
