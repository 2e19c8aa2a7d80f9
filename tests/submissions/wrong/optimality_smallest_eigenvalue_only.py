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


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(jnp.reshape(p[pos:pos + n_in * n_out], (n_in, n_out)))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        weights = unpack(p, model.layer_sizes)
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)


@jax.jit
def naive_hvp(hessian, vector):
    return jnp.einsum("ij,j->i", hessian, vector)


def hvp(f, x, v):
    # forward-over-reverse
    _, tangent = jax.jvp(jax.grad(f), (x,), (v,))
    return tangent


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


def tune_step_sizes(alphas, x0, beta=8e-4, num_steps=600):
    dloss = jax.jit(jax.grad(gd_loss))
    trace = [alphas]
    for _ in range(num_steps):
        trace.append(trace[-1] - beta * dloss(trace[-1], x0))
    return trace[-1], jnp.stack(trace)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    lam_min = jnp.linalg.eigvalsh(H).min()
    return jnp.linalg.norm(g), lam_min


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
