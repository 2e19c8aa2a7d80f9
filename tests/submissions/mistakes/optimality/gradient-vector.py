"""The gradient itself is returned instead of its norm."""
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
    """Return the gradient norm of L at `alphas` and its Hessian's eigenvalues, ascending."""
    gradient = jax.grad(gd_loss)(alphas, x0)
    hessian = jax.hessian(gd_loss)(alphas, x0)
    eigenvalues, _ = jnp.linalg.eigh(hessian)
    return gradient, eigenvalues
