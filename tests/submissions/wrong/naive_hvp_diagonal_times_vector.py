# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    original = list(model.weights)

    def loss_fn(p):
        used = 0
        for i, w in enumerate(original):
            model.weights[i] = p[used: used + w.size].reshape(w.shape)
            used = used + w.size
        return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))

    try:
        return jax.jacrev(jax.jacrev(loss_fn))(params)
    finally:
        model.weights = original


def naive_hvp(hessian, vector):
    d = jnp.diagonal(hessian)
    return d * vector


def hvp(f, x, v):
    return jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
