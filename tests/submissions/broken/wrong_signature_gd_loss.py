# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


### Step sizes


x0 = jax.random.uniform(jax.random.PRNGKey(9), (1000,))


def gd_loss(alphas):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=400):
    L = lambda a: 0.5 * jnp.sum(x0 ** 2) * jnp.prod((1 - a) ** 2)
    g = jax.jit(jax.grad(L))
    for _ in range(num_steps):
        alphas = alphas - beta * g(alphas)
    return alphas


def local_optimality(alphas, x0):
    L = lambda a: 0.5 * jnp.sum(x0 ** 2) * jnp.prod((1 - a) ** 2)
    return jnp.linalg.norm(jax.grad(L)(alphas)), jnp.linalg.eigvalsh(jax.hessian(L)(alphas))


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
