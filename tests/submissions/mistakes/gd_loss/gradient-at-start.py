"""Every step uses the gradient at the start."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x0)
    return f(x)
