"""The absolute entries of the gradient are summed instead of taking its Euclidean norm."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


def local_optimality(alphas, x0):
    dL = jax.grad(gd_loss)
    size = sum(abs(c) for c in dL(alphas, x0))
    spectrum = jnp.linalg.eigvalsh(jax.jacrev(dL)(alphas, x0))
    return size, spectrum
