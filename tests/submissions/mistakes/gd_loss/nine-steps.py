"""Nine steps are made and the last step size is not used."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    x, k = x0, 0
    while k < 9:            # k = 0, ..., 9
        x = x - alphas[k] * jax.grad(f)(x)
        k += 1
    return f(x)
