"""The eigenvalues are those of the outer product of the gradient with itself."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jnp.outer(g, g)
    return jnp.sqrt(g @ g), jnp.linalg.eigvalsh(H)
