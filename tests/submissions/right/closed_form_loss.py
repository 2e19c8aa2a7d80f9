# Задача 2 (только вторая, первую не успел)
#
# f(x) = 1/2 ||x||^2, grad f = x, значит x_{k+1} = (1 - a_k) x_k
# и L(a) = 1/2 ||x_0||^2 * prod (1 - a_k)^2.
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt


def gd_loss(alphas, x0):
    return 0.5 * jnp.vdot(x0, x0) * jnp.prod((1.0 - alphas) ** 2)


def tune_step_sizes(alphas, x0, beta=2e-3, num_steps=3000):
    grad_fn = jax.grad(gd_loss)

    @jax.jit
    def run(a):
        return jax.lax.fori_loop(0, num_steps, lambda _, a: a - beta * grad_fn(a, x0), a)

    return run(alphas)


def local_optimality(alphas, x0):
    c = jnp.vdot(x0, x0)
    u = 1.0 - alphas
    n = u.shape[0]
    mask = 1 - jnp.eye(n)
    rest = jnp.array([jnp.prod(jnp.where(jnp.arange(n) == j, 1.0, u) ** 2) for j in range(n)])
    g = -c * u * rest

    def pair(i, j):
        idx = jnp.arange(n)
        others = jnp.where((idx == i) | (idx == j), 1.0, u)
        return 2 * c * u[i] * u[j] * jnp.prod(others ** 2)

    H = jnp.array([[pair(i, j) for j in range(n)] for i in range(n)]) * mask + jnp.diag(c * rest)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)


# Обсуждение. В минимуме prod(1 - a) = 0, то есть хватает одного a_k = 1. По пути гессиан
# знакопеременный, поэтому смотрю на отношение нормы градиента к ||x_0||^2.
