import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


# Задание 1. Гессиан


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1]))
            for i, k in enumerate(keys)
        ]

    def forward(self, x):
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        return jnp.concatenate([w.flatten() for w in self.weights])


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = np.cumsum([a * b for a, b in shapes])[:-1]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    return jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)


# Задание 2. Шаги


def gd_loss(alphas, x0):
    # x_10 = prod(1 - a_k) * x_0, поэтому цикл не нужен
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.sum(x0 ** 2)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    g = jax.jacrev(gd_loss)(alphas, x0)
    lam, vec = jnp.linalg.eigh(jax.jacfwd(jax.jacrev(gd_loss))(alphas, x0))
    return g, lam


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
