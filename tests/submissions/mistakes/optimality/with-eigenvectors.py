"""The second entry is the pair of eigenvalues and eigenvectors."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x ** 2)


def gd_loss(alphas, x0):
    grad_f = jax.grad(f)

    def step(x, alpha):
        return x - alpha * grad_f(x), None

    x, _ = jax.lax.scan(step, x0, alphas)
    return f(x)


def local_optimality(alphas, x0):
    grad = jax.jit(jax.grad(gd_loss))
    H = jax.jacobian(grad)(alphas, x0)
    return jnp.linalg.norm(grad(alphas, x0)), jnp.linalg.eigh(H)
