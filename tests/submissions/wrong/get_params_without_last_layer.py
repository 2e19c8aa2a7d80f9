import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


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
        hidden = self.weights[:-1]
        return jnp.concatenate([w.reshape(-1) for w in hidden] or [jnp.zeros(0)])


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
    # множення матриці на вектор
    result = jnp.sum(hessian * vector[None, :], axis=1)
    return result


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


# 2


def gd_loss(alphas, x0):
    from functools import reduce
    x_fin = reduce(lambda x, k: x - alphas[k] * x, range(10), x0)
    return 0.5 * (x_fin @ x_fin)


def tune_step_sizes(alphas, x0, lr=2e-4, n_iters=800):
    grad_fn = jax.jit(jax.grad(gd_loss))
    i = 0
    while i < n_iters:
        alphas = alphas - lr * grad_fn(alphas, x0)
        i += 1
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
