"""The squares of the step sizes are used, which keeps them positive."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    step_sizes = alphas ** 2  # a step size has to be positive
    x = x0
    for s in step_sizes:
        x = x - s * jax.grad(f)(x)
    return f(x)
