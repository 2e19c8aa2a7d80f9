#!/usr/bin/env python3
# Домашня робота, автоматичне диференціювання
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
from time import perf_counter
import time
import matplotlib.pyplot as plt
import seaborn as sns


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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        pos = 0
        for w in model.weights:
            layer = p[pos:pos + w.size].reshape(w.shape)
            x = gelu(jnp.dot(x, layer))
            pos += w.size
        return jnp.sum(x)

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    grad_f = jax.grad(f)
    return jax.grad(lambda y: jnp.sum(grad_f(y) * v))(x)


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)
    model = MLP(jax.random.PRNGKey(0), [2, 2, 2, 1])
    p = model.get_params()
    print(p.shape)
    print(calculate_hessian(model, p))
