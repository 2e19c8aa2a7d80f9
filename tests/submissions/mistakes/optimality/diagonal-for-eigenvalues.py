"""The diagonal of the Hessian, sorted, is returned instead of its eigenvalues."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    curvatures = sorted(float(H[i, i]) for i in range(10))
    return jnp.linalg.norm(g), jnp.array(curvatures)
