"""The first step size is not used."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    xs = {0: x0}
    for k in range(1, len(alphas)):
        xs[k] = xs[k - 1] - alphas[k] * jax.grad(f)(xs[k - 1])
    return f(xs[len(alphas) - 1])
