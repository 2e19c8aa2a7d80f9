"""Only the gradient norm is returned."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def local_optimality(alphas, x0):
    # в минимуме градиент равен нулю
    g = jax.grad(gd_loss)(alphas, x0)
    return jnp.sqrt(jnp.sum(g ** 2))
