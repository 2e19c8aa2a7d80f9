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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        c = 0
        for w in model.weights[:-1]:
            x = gelu(jnp.dot(x, p[c:c + w.size].reshape(w.shape)))
            c += w.size
        return jnp.sum(jnp.dot(x, model.weights[-1]))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


# Задание 2. Шаги


@jax.jit
def gd_loss(alphas, x0):
    # x_{k+1} = (1 - a_k) x_k
    x = x0
    for i in range(alphas.shape[0]):
        x = (1 - alphas[i]) * x
    return jnp.sum(x * x) / 2


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=2000):
    value_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for step in range(num_steps):
        loss, g = value_and_grad(alphas, x0)
        losses.append(float(loss))
        alphas = alphas - beta * g
    return alphas, losses


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))
