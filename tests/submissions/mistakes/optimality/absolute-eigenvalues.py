"""The absolute values of the eigenvalues are returned, in ascending order."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    s = jnp.linalg.svd(H, compute_uv=False)
    return jnp.linalg.norm(g), s[::-1]
