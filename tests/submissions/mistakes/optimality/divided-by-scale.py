"""Both results are divided by the squared norm of x0."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def local_optimality(alphas, x0):
    # относительно масштаба задачи
    scale = jnp.sum(x0 ** 2)
    g = jax.grad(gd_loss)(alphas, x0) / scale
    H = jax.hessian(gd_loss)(alphas, x0) / scale
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
