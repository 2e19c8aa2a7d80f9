"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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
        """Сглаженный вектор параметров."""
        vec = jnp.array([])
        for w in self.weights:
            vec = jnp.append(vec, w)
        return vec


def forward_with(params_list, x):
    for w in params_list[:-1]:
        x = jax.nn.relu(jnp.dot(x, w))
    return jnp.dot(x, params_list[-1])


def calculate_hessian(model, params):
    def loss_fn(p):
        ws, s = [], 0
        for w in model.weights:
            ws.append(p[s:s + w.size].reshape(w.shape))
            s += w.size
        return jnp.sum(forward_with(ws, jnp.ones((1, model.layer_sizes[0]))))

    return jax.hessian(loss_fn)(params)


@jax.jit
def naive_hvp(hessian, vector):
    return jnp.einsum("ij,j->i", hessian, vector)


def hvp(f, x, v):
    grad_f = jax.grad(f)
    return jax.grad(lambda y: jnp.sum(grad_f(y) * v))(x)
