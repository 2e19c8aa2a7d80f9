# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


def gd_loss(alphas, x0):
    # по условию alpha из отрезка [0, 0.1]
    steps = jnp.clip(alphas, 0.0, 0.1)
    x = x0
    for k in range(10):
        x = x - steps[k] * x
    return 0.5 * jnp.sum(x * x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    for _ in range(num_steps):
        alphas = alphas - beta * jax.grad(gd_loss)(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
