# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


# ==== Задача 2 ====


def f(x):
    return 0.5 * jnp.dot(x, x)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=20):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas.at[0].set(alphas[0] - beta * g(alphas, x0)[0])
    return alphas


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
