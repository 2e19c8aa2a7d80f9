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


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.linalg.norm(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1500):
    dL = jax.grad(gd_loss, argnums=0)
    return jax.lax.fori_loop(0, num_steps, lambda i, a: a - beta * dL(a, x0), alphas)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
