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


# Задание 2. Шаги


def gd_loss(alphas, x0):
    from functools import reduce
    x_fin = reduce(lambda x, k: x - alphas[k] * x, range(10), x0)
    return 0.5 * (x_fin @ x_fin)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.inf, jnp.linalg.eigvalsh(H)
