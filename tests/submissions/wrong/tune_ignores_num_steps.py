import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


# ==== Задача 2 ====


def gd_loss(alphas, x0):
    from functools import reduce
    x_fin = reduce(lambda x, k: x - alphas[k] * x, range(10), x0)
    return 0.5 * (x_fin @ x_fin)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    update = jax.jit(lambda a, b: a - b * jax.grad(gd_loss)(a, x0))
    history = []
    for i in range(1000):
        alphas = update(alphas, beta)
        if i % 50 == 0:
            history.append(gd_loss(alphas, x0))
    return alphas, history


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs
