# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


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
        out = self.weights[0].ravel()
        for w in self.weights[1:]:
            out = jnp.concatenate((out, w.ravel()))
        return out


def calculate_hessian(model, params):
    def loss_fn(p):
        i = 0
        x = jnp.ones((1, model.layer_sizes[0]))
        last = len(model.weights) - 1
        for k, w in enumerate(model.weights):
            x = x @ p[i:i + w.size].reshape(w.shape)
            i += w.size
            x = gelu(x) if k < last else x
        return x.sum()

    H = jax.jacfwd(jax.jacrev(loss_fn))(params)
    return H + H.T


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


def gd_loss(alphas, x0):
    body = lambda k, x: x * (1.0 - alphas[k])
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x10 ** 2) / 2


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=2000):
    value_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for step in range(num_steps):
        loss, g = value_and_grad(alphas, x0)
        losses.append(float(loss))
        alphas = alphas - beta * g
    return alphas, losses


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs
