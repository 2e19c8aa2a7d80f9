#!/usr/bin/env python3
# Домашня робота, автоматичне диференціювання
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
from time import perf_counter
import time
import matplotlib.pyplot as plt
import seaborn as sns


### Step sizes


def gd_loss(alphas, x0):
    body = lambda k, x: x * (1.0 - alphas[k])
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x10 ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas -= beta * g(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
