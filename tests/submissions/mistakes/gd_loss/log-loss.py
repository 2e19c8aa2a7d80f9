"""The logarithm of the value is returned."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    # better scaled for the outer descent
    return jnp.log(f(x))
