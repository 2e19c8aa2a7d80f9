# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


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
        # все веса одним вектором
        return jnp.concatenate([jnp.ravel(w) for w in self.weights], axis=0)


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = np.cumsum([a * b for a, b in shapes])[:-1]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v, eps=1e-3):
    g = jax.grad(f)
    return (g(x + eps * v) - g(x)) / eps


# 2


def f(x):
    return 0.5 * jnp.dot(x, x)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return f(x)


@jax.jit
def one_step(a, x0, beta):
    return a - beta * jax.grad(gd_loss)(a, x0)


def tune_step_sizes(alphas, x0, beta=3e-4, num_steps=1200):
    # обычный градиентный спуск по вектору шагов
    a = jnp.asarray(alphas)
    for _ in range(num_steps):
        a = one_step(a, x0, beta)
    return a


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
