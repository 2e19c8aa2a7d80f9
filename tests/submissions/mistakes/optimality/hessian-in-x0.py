"""The Hessian is taken with respect to x0, all of its eigenvalues are returned."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def local_optimality(alphas, x0):
    grad_norm = jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0))
    H = jax.hessian(gd_loss, argnums=1)(alphas, x0)
    return grad_norm, jnp.linalg.eigvalsh(H)
