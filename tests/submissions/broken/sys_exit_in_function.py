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
        """Сглаженный вектор параметров."""
        vec = jnp.array([])
        for w in self.weights:
            vec = jnp.append(vec, w)
        return vec


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
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


def hvp(f, x, v):
    import sys
    sys.exit("пока")


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
