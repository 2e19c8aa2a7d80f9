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


# ==== Задача 2 ====


def gd_loss(alphas, x0):
    def it(k, x):
        return x - alphas[0] * x
    x = jax.lax.fori_loop(0, alphas.shape[0], it, x0)
    return jnp.sum(x ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    dL = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * dL(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    g = np.array(jax.grad(gd_loss)(alphas, x0))
    h = np.array(jax.jacfwd(jax.grad(gd_loss))(alphas, x0))
    return float(np.linalg.norm(g)), np.sort(np.linalg.eigvalsh(h))
