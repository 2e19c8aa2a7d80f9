"""Only the eigenvalues are returned."""
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
    norm = jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0))
    print("gradient norm:", norm)
    hessian = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.eigvalsh(hessian)
