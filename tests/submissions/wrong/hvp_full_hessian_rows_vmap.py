"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    shapes = [w.shape for w in model.weights]

    def loss_fn(p):
        v = jnp.ones(model.layer_sizes[0])
        i = 0
        for num, (a, b) in enumerate(shapes):
            W = p[i:i + a * b].reshape(a, b)
            i += a * b
            v = v @ W
            if num < len(shapes) - 1:
                v = gelu(v)
        return v.sum()

    def column(e):
        return jax.jvp(jax.grad(loss_fn), (params,), (e,))[1]

    # столбцы гессиана: H e_i
    return jax.vmap(column)(jnp.eye(params.shape[0], dtype=params.dtype))


@jax.jit
def naive_hvp(hessian, vector):
    return jnp.einsum("ij,j->i", hessian, vector)


@jax.tree_util.Partial
def hvp(f, x, v):
    eye = jnp.eye(x.shape[0], dtype=x.dtype)
    rows = jax.vmap(lambda e: jax.jvp(jax.grad(f), (x,), (e,))[1])(eye)
    return rows @ v


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
