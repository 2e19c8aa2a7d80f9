# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


# ==== Задача 2 ====


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    approx = jnp.outer(g, g)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(approx)


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
