"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# Задание 2. Шаги


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


<<<<<<< HEAD
def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
=======
def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
>>>>>>> fix
    g = jax.grad(gd_loss)
    for _ in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
