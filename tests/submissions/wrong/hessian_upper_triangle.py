# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


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
    def restore(p):
        res, cur = [], 0
        for rows, cols in zip(model.layer_sizes, model.layer_sizes[1:]):
            res.append(p[cur:cur + rows * cols].reshape((rows, cols)))
            cur += rows * cols
        return res

    def loss_fn(p):
        *ws, last = restore(p)
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in ws:
            x = gelu(x @ w)
        return jnp.sum(x @ last)

    # матрица симметричная, достаточно половины
    return jnp.triu(jax.hessian(loss_fn)(params))


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
