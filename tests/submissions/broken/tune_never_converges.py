import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


# 2


def gd_loss(alphas, x0):
    # x_10 = prod(1 - a_k) * x_0, поэтому цикл не нужен
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.sum(x0 ** 2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    g = jax.jit(jax.grad(gd_loss))
    while True:
        new = alphas - beta * g(alphas, x0)
        if jnp.linalg.norm(new - alphas) < 0:
            return new
        alphas = new


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
