# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


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
        from jax.flatten_util import ravel_pytree
        return ravel_pytree(self.weights)[0]


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(jnp.reshape(p[pos:pos + n_in * n_out], (n_in, n_out)))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        weights = unpack(p, model.layer_sizes)
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


_cache = {}


def hvp(f, x, v):
    n = x.shape[0]
    if n not in _cache:
        _cache[n] = jax.jit(lambda y, u: jax.grad(lambda z: jnp.vdot(jax.grad(f)(z), u))(y))
    return _cache[n](x, v)


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
