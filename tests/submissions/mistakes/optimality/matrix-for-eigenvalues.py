"""The Hessian itself is returned instead of its eigenvalues."""
import jax
import jax.numpy as jnp


def f(x):
    """The function to minimise, (d,) to a scalar."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Return L(alphas) = f(x_10) after ten gradient steps from `x0`, a scalar."""
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)


def local_optimality(alphas, x0):
    """Return the gradient norm of L at `alphas` and its Hessian's eigenvalues, ascending."""
    gradient_norm = jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0))
    hessian = jax.hessian(gd_loss)(alphas, x0)
    eigenvalues = jnp.linalg.eigvalsh(hessian)
    return gradient_norm, hessian
