"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


def tune_step_sizes(alphas, x0, beta=0.01, num_steps=200):
    m = jnp.zeros(10)
    s = jnp.zeros(10)
    g_fn = jax.jit(jax.grad(gd_loss))
    for t in range(1, num_steps + 1):
        g = g_fn(alphas, x0)
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g ** 2
        alphas = alphas - beta * (m / (1 - 0.9 ** t)) / (jnp.sqrt(s / (1 - 0.999 ** t)) + 1e-8)
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
