import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


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
        leaves = jax.tree_util.tree_leaves(self.weights)
        return jnp.concatenate(list(map(jnp.ravel, leaves)))


def calculate_hessian(model, params):
    # для каждого размера запоминаем, где он лежит в векторе
    where, pos = {}, 0
    for w in model.weights:
        if w.shape not in where:
            where[w.shape] = pos
        pos += w.size

    def loss_fn(p):
        ws = []
        for w in model.weights:
            s = where[w.shape]
            ws.append(p[s:s + w.size].reshape(w.shape))
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in ws[:-1]:
            x = gelu(x @ w)
        return jnp.sum(x @ ws[-1])

    return jax.hessian(loss_fn)(params)


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)
