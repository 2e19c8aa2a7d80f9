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

    def get_params(self):
        flat = []
        for layer in self.weights:
            flat.append(layer.reshape(-1))
        return jnp.hstack(flat)


def calculate_hessian(model, params):
    shapes = [w.shape for w in model.weights]
    current = jnp.concatenate([w.ravel() for w in model.weights])

    def loss_fn(p):
        ws, i = [], 0
        for s in shapes:
            ws.append(p[i:i + s[0] * s[1]].reshape(s))
            i += s[0] * s[1]
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in ws[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, ws[-1]))

    return jax.hessian(loss_fn)(current)


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    # forward-over-reverse
    _, tangent = jax.jvp(jax.grad(f), (x,), (v,))
    return tangent
