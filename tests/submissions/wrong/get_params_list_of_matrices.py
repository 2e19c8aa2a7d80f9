# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


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
        params = [w for w in self.weights]
        return params


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
    return hessian @ vector


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


# Задание 2. Шаги


@jax.jit
def gd_loss(alphas, x0):
    # x_{k+1} = (1 - a_k) x_k
    x = x0
    for i in range(alphas.shape[0]):
        x = (1 - alphas[i]) * x
    return jnp.sum(x * x) / 2


def tune_step_sizes(alphas, x0, beta=0.001, num_steps=1000):
    def step(a, _):
        return a - beta * jax.grad(gd_loss)(a, x0), None

    a, _ = jax.lax.scan(step, alphas, None, length=num_steps)
    return a


def local_optimality(alphas, x0):
    g = np.array(jax.grad(gd_loss)(alphas, x0))
    h = np.array(jax.jacfwd(jax.grad(gd_loss))(alphas, x0))
    return float(np.linalg.norm(g)), np.sort(np.linalg.eigvalsh(h))


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
