"""Only the smallest eigenvalue is returned."""
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
    g = jax.grad(gd_loss)(alphas, x0)
    eigs = jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
    # минимум локальный, если наименьшее собственное число положительно
    return jnp.linalg.norm(g), eigs.min()
