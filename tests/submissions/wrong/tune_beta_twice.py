# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
import matplotlib.pyplot as plt


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
        return jnp.concatenate([w.flatten() for w in self.weights])


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


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


# 2


@jax.jit
def gd_loss(alphas, x0):
    # x_{k+1} = (1 - a_k) x_k
    x = x0
    for i in range(alphas.shape[0]):
        x = (1 - alphas[i]) * x
    return jnp.sum(x * x) / 2


def tune_step_sizes(alphas, x0, beta=0.02, num_steps=800):
    @jax.jit
    def scaled_grad(a):
        return beta * jax.grad(gd_loss)(a, x0)

    for _ in range(num_steps):
        alphas = alphas - beta * scaled_grad(alphas)
    return alphas


def local_optimality(alphas, x0):
    g = np.array(jax.grad(gd_loss)(alphas, x0))
    h = np.array(jax.jacfwd(jax.grad(gd_loss))(alphas, x0))
    return float(np.linalg.norm(g)), np.sort(np.linalg.eigvalsh(h))
