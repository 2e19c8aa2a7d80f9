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

    def get_params(self):
        flat = []
        for layer in self.weights:
            flat.append(layer.reshape(-1))
        return jnp.hstack(flat)


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


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    g = jax.grad(f)(x)
    return g


# ==== Задача 2 ====


def quad(x):
    return jnp.sum(jnp.square(x)) / 2


quad_grad = jax.grad(quad)


def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)"""
    point = x0
    for i in range(len(alphas)):
        point = point - alphas[i] * quad_grad(point)
    return quad(point)


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


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
