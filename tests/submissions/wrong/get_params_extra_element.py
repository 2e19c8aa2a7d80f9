import jax
import jax.numpy as jnp
import jax.flatten_util
import numpy as np
import time
import matplotlib.pyplot as plt
from jax.nn import gelu


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
        vec = jnp.zeros(1)
        for w in self.weights:
            vec = jnp.concatenate([vec, w.ravel()])
        return vec


def calculate_hessian(model, params):
    n = model.get_params().shape[0]
    _, unravel = jax.flatten_util.ravel_pytree(model.weights)

    def loss_fn(p):
        model.weights = unravel(p)
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params).reshape(n, n)


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    return jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)


# Задание 2. Шаги


def quad(x):
    return jnp.sum(jnp.square(x)) / 2


quad_grad = jax.grad(quad)


def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)"""
    point = x0
    for i in range(len(alphas)):
        point = point - alphas[i] * quad_grad(point)
    return quad(point)


def tune_step_sizes(alphas, x0, beta=8e-4, num_steps=600):
    dloss = jax.jit(jax.grad(gd_loss))
    trace = [alphas]
    for _ in range(num_steps):
        trace.append(trace[-1] - beta * dloss(trace[-1], x0))
    return trace[-1], jnp.stack(trace)


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
