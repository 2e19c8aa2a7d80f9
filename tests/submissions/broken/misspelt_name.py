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
        # все веса одним вектором
        return jnp.concatenate([jnp.ravel(w) for w in self.weights], axis=0)


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(jnp.reshape(p[pos:pos + n_in * n_out], (n_in, n_out)))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        weights = unpack(p, model.layer_sizes)
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)


def naiv_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


# 2


def quad(x):
    return jnp.sum(jnp.square(x)) / 2


quad_grad = jax.grad(quad)


def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)"""
    point = x0
    for i in range(len(alphas)):
        point = point - alphas[i] * quad_grad(point)
    return quad(point)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1500):
    dL = jax.grad(gd_loss, argnums=0)
    return jax.lax.fori_loop(0, num_steps, lambda i, a: a - beta * dL(a, x0), alphas)


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
