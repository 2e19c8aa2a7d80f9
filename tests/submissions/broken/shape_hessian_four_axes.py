# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


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
        out = self.weights[0].ravel()
        for w in self.weights[1:]:
            out = jnp.concatenate((out, w.ravel()))
        return out


def calculate_hessian(model, params):
    def loss_fn(p):
        flat, ws, s = p.ravel(), [], 0
        for w in model.weights:
            ws.append(flat[s:s + w.size].reshape(w.shape))
            s += w.size
        h = jnp.ones((1, model.layer_sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return jnp.sum(h @ ws[-1])

    return jax.hessian(loss_fn)(params.reshape(1, -1))


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    """Произведение гессиана f в точке x на v без построения матрицы."""
    g = jax.grad(f)
    _, pull = jax.vjp(g, x)
    return pull(v)[0]
