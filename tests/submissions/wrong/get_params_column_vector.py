"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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
        flat = jnp.concatenate([w.flatten() for w in self.weights])
        return flat.reshape(-1, 1)


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


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(f, x, v):
    # forward-over-reverse
    _, tangent = jax.jvp(jax.grad(f), (x,), (v,))
    return tangent


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
