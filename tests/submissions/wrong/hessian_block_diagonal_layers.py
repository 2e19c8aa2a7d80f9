# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


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


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    ws, i = [], 0
    for a, b in zip(sizes[:-1], sizes[1:]):
        ws.append(params[i:i + a * b].reshape(a, b))
        i += a * b

    def loss_fn(weights):
        x = jnp.ones((1, sizes[0]))
        for w in weights[:-1]:
            x = gelu(x @ w)
        return jnp.sum(x @ weights[-1])

    tree = jax.hessian(loss_fn)(ws)
    full = jnp.zeros((params.size, params.size), params.dtype)
    i = 0
    for k, w in enumerate(ws):
        full = full.at[i:i + w.size, i:i + w.size].set(tree[k][k].reshape(w.size, w.size))
        i += w.size
    return full


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


def gd_loss(alphas, x0):
    from functools import reduce
    x_fin = reduce(lambda x, k: x - alphas[k] * x, range(10), x0)
    return 0.5 * (x_fin @ x_fin)


@jax.jit
def one_step(a, x0, beta):
    return a - beta * jax.grad(gd_loss)(a, x0)


def tune_step_sizes(alphas, x0, beta=3e-4, num_steps=1200):
    # обычный градиентный спуск по вектору шагов
    a = jnp.asarray(alphas)
    for _ in range(num_steps):
        a = one_step(a, x0, beta)
    return a


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
