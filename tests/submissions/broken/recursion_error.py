# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


# ==== Задача 1 ====


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
        """Сглаженный вектор параметров."""
        vec = jnp.array([])
        for w in self.weights:
            vec = jnp.append(vec, w)
        return vec


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


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


# ==== Задача 2 ====


def gd_loss(alphas, x0, k=0):
    x1 = x0 - alphas[k % 10] * x0
    return gd_loss(alphas, x1, k + 1)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
    L = lambda a: jnp.prod(1 - a) ** 2 * jnp.vdot(x0, x0) / 2
    g = jax.jit(jax.grad(L))
    for _ in range(num_steps):
        alphas = alphas - beta * g(alphas)
    return alphas


def local_optimality(alphas, x0):
    L = lambda a: jnp.prod(1 - a) ** 2 * jnp.vdot(x0, x0) / 2
    return jnp.linalg.norm(jax.grad(L)(alphas)), jnp.linalg.eigvalsh(jax.hessian(L)(alphas))
