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
        return jnp.concatenate([w.flatten() for w in self.weights])


def calculate_hessian(model, params):
    import copy

    def loss_fn(p):
        m = copy.copy(model)      # чтобы не портить исходную модель
        m.weights = []
        offset = 0
        for w in model.weights:
            r, c = w.shape
            m.weights.append(jax.lax.dynamic_slice(p, (offset,), (r * c,)).reshape(r, c))
            offset += r * c
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(m.forward(x))

    return jax.hessian(loss_fn)(jnp.asarray(params))


def naive_hvp(hessian, vector):
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


def hvp(x, v):
    return jax.jvp(jax.grad(loss), (x,), (v,))[1]


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
