#!/usr/bin/env python3
# Домашня робота, автоматичне диференціювання
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
from time import perf_counter
import time
import matplotlib.pyplot as plt
import seaborn as sns


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
        p = jnp.concatenate([w.flatten() for w in self.weights])
        return p / jnp.linalg.norm(p)


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


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)
