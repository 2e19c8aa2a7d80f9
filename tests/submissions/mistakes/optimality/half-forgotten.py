"""The loss lacks the factor one half, so that both results are twice as large."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return jnp.sum(jnp.square(x))


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
