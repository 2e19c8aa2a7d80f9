"""Every step is made along the normalised gradient."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        g = jax.grad(f)(x)
        direction = g / jnp.linalg.norm(g)
        x = x - alphas[k] * direction
    return f(x)
