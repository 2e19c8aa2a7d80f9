"""One clock around all runs; no deviation."""
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


def average(job, num_runs):
    start = time.monotonic()
    for _ in range(num_runs):
        job().block_until_ready()
    return (time.monotonic() - start) / num_runs


def timing_experiment(ns, num_runs):
    results = []
    for n in ns:
        model = MLP(jax.random.PRNGKey(0), [2] * (n + 1) + [1])
        params = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), params.shape)
        H = calculate_hessian(model, params)
        results.append({
            "n": n,
            "full": average(lambda: naive_hvp(calculate_hessian(model, params), v), num_runs),
            "naive": average(lambda: naive_hvp(H, v), num_runs),
            "hvp": average(lambda: hvp(make_loss(model.layer_sizes), params, v), num_runs),
        })
    return results
