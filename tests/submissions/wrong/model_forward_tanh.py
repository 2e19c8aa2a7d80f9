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
            x = jnp.tanh(x @ w)
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        flat = []
        for layer in self.weights:
            flat.append(layer.reshape(-1))
        return jnp.hstack(flat)


def calculate_hessian(model, params):
    """Полный гессиан суммы выходов по плоскому вектору params."""
    from jax.flatten_util import ravel_pytree
    _, unravel = ravel_pytree(model.weights)
    saved = model.weights

    def loss_fn(p):
        model.weights = unravel(p)
        x = jnp.ones((1, model.layer_sizes[0]))
        res = jnp.sum(model.forward(x))
        model.weights = saved
        return res

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    return jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)


# 2


def quad(x):
    return jnp.sum(jnp.square(x)) / 2


quad_grad = jax.grad(quad)


def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)"""
    point = x0
    for i in range(len(alphas)):
        point = point - alphas[i] * quad_grad(point)
    return quad(point)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
