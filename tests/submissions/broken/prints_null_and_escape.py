import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    """Полный гессиан суммы выходов по плоскому вектору params."""
    from jax.flatten_util import ravel_pytree
    _, unravel = ravel_pytree(model.weights)
    saved = model.weights

    def loss_fn(p):
        model.weights = unravel(p)
        x = jnp.ones((1, model.layer_sizes[0]))
        res = jnp.sum(model.forward(x))
        model.weights = saved
        return res

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    print("\x00\x1b[2J\ud800".encode("utf-8", "surrogatepass"), "\x1b[31m", "\x00")
    return hessian @ vector


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
