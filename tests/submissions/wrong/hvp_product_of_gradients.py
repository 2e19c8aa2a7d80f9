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

    def get_params(self):
        out = self.weights[0].ravel()
        for w in self.weights[1:]:
            out = jnp.concatenate((out, w.ravel()))
        return out


def set_params(model, p):
    k = 0
    for i in range(len(model.weights)):
        shape = model.weights[i].shape
        size = shape[0] * shape[1]
        model.weights[i] = p[k:k + size].reshape(shape)
        k += size


def calculate_hessian(model, params):
    def loss_fn(p):
        set_params(model, p)
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    H = jax.hessian(loss_fn)(params)
    set_params(model, params)     # вернуть обычные числа вместо трассировщиков
    return H


def naive_hvp(hessian, vector):
    """H v обычным умножением матрицы на вектор."""
    return jnp.matmul(hessian, vector)


def hvp(f, x, v):
    # вторые производные не нужны, хватает градиента
    g = jax.grad(f)(x)
    return g * jnp.vdot(g, v)
