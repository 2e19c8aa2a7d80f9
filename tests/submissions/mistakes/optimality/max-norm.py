"""The largest absolute entry of the gradient is returned instead of its Euclidean norm."""
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
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g, ord=jnp.inf), jnp.linalg.eigvalsh(H)
