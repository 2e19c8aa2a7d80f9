# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


### HVP


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
        flat = []
        for layer in self.weights:
            flat.append(layer.reshape(-1))
        return jnp.hstack(flat)


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
    return hessian @ vector


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


### Step sizes


def gd_loss(alphas, x0):
    # x_10 = prod(1 - a_k) * x_0, поэтому цикл не нужен
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.sum(x0 ** 2)


def tune_step_sizes(alphas, x0, beta=1e-6, num_steps=10):
    hist = [float(gd_loss(alphas, x0))]
    for _ in range(num_steps):
        alphas = alphas - beta * jax.grad(gd_loss)(alphas, x0)
        hist.append(float(gd_loss(alphas, x0)))
    return alphas, hist


def local_optimality(alphas, x0):
    g = np.array(jax.grad(gd_loss)(alphas, x0))
    h = np.array(jax.jacfwd(jax.grad(gd_loss))(alphas, x0))
    return float(np.linalg.norm(g)), np.sort(np.linalg.eigvalsh(h))


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
