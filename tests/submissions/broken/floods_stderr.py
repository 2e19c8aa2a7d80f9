"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# ==== Задача 2 ====


import sys


def gd_loss(alphas, x0):
    for _ in range(50):
        sys.stderr.write("step " * 4000 + "\n")
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return jnp.sum(x ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
