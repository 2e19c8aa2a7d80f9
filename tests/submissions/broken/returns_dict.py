# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


def tune_step_sizes(alphas, x0, beta=0.001, num_steps=1000):
    def step(a, _):
        return a - beta * jax.grad(gd_loss)(a, x0), None

    a, _ = jax.lax.scan(step, alphas, None, length=num_steps)
    return a


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return {"grad": jnp.linalg.norm(g), "eig": jnp.linalg.eigvalsh(H)}
