"""The loss is returned instead of the gradient norm."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


def local_optimality(alphas, x0):
    g, _ = jax.value_and_grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
