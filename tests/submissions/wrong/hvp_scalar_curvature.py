"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# 1


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


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(f, x, v):
    slope = lambda t: f(x + t * v)
    return jax.grad(jax.grad(slope))(0.0)


# 2


def gd_loss(alphas, x0):
    body = lambda k, x: x * (1.0 - alphas[k])
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x10 ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
