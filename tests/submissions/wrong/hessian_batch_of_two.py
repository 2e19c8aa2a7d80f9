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
        leaves = jax.tree_util.tree_leaves(self.weights)
        return jnp.concatenate(list(map(jnp.ravel, leaves)))


def calculate_hessian(model, params):
    def loss_fn(p):
        split = np.cumsum([w.size for w in model.weights])[:-1]
        chunks = jnp.split(p, split)
        ws = [c.reshape(w.shape) for c, w in zip(chunks, model.weights)]
        x = jnp.ones((2, model.layer_sizes[0]))
        for w in ws[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, ws[-1]))

    hessian_fn = jax.jacfwd(jax.grad(loss_fn))
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


def hvp(f, x, v):
    """Произведение гессиана f в точке x на v без построения матрицы."""
    g = jax.grad(f)
    _, pull = jax.vjp(g, x)
    return pull(v)[0]


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
