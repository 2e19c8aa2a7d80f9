"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


### HVP


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
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


### Step sizes


def gd_loss(alphas, x0):
    x = x0
    for i in range(10):
        grad_x = 2 * x
        x = x - alphas[i] * grad_x
    return 0.5 * jnp.dot(x, x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    for _ in range(num_steps):
        alphas = alphas - beta * jax.grad(gd_loss)(alphas, x0)
    return alphas


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))
