"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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
        """Сглаженный вектор параметров."""
        vec = jnp.array([])
        for w in self.weights:
            vec = jnp.append(vec, w)
        return vec


def calculate_hessian(model, params):
    def loss_fn(p):
        # раскладываем плоский вектор обратно по слоям
        start = 0
        new_weights = []
        for w in model.weights:
            new_weights.append(p[start:start + w.size].reshape(w.shape))
            start += w.size
        model.weights = new_weights
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    # forward-over-reverse
    _, tangent = jax.jvp(jax.grad(f), (x,), (v,))
    return tangent


# Задание 2. Шаги


def gd_loss(alphas, x0):
    x, _ = jax.lax.scan(lambda x, a: ((1 - a) * x, None), x0, alphas)
    return 0.5 * jnp.mean(x ** 2)


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
