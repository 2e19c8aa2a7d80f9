"""Only the smallest and the largest eigenvalue are returned."""
import jax
import jax.numpy as jnp


f = lambda x: jnp.sum(x * x) / 2
df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * df(x)
    return f(x)


def local_optimality(alphas, x0):
    grad, hess = jax.grad(gd_loss), jax.hessian(gd_loss)
    w = jnp.linalg.eigvalsh(hess(alphas, x0))
    return jnp.linalg.norm(grad(alphas, x0)), jnp.array([w[0], w[-1]])
