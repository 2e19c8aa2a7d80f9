# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


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
        # сначала маленькие слои, потом большие
        order = sorted(range(len(self.weights)), key=lambda i: self.weights[i].size)
        return jnp.concatenate([self.weights[i].ravel() for i in order])


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


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)
