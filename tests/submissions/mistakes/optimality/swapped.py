"""The eigenvalues come first and the gradient norm second."""
import jax
import jax.numpy as jnp
import numpy as np


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def local_optimality(alphas, x0):
    H = np.array(jax.hessian(gd_loss)(alphas, x0))
    eigs = np.linalg.eigvalsh(H)
    norm = np.linalg.norm(np.array(jax.grad(gd_loss)(alphas, x0)))
    return eigs, norm
