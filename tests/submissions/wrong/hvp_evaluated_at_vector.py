# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


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
        """Сглаженный вектор параметров."""
        vec = jnp.array([])
        for w in self.weights:
            vec = jnp.append(vec, w)
        return vec


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
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    inner = lambda y: jnp.vdot(jax.grad(f)(y), v)
    return jax.grad(inner)(v)
