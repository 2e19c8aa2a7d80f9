"""Hidden layers of width 10."""
import statistics
import timeit

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
    out = {"layers": [], "full": [], "naive": [], "efficient": []}
    for n in ns:
        model = MLP(jax.random.PRNGKey(0), [2] + [10] * n + [1])
        params = model.get_params()
        v = jnp.array(np.random.default_rng(0).normal(size=params.shape))
        loss = make_loss(model.layer_sizes)
        H = jax.block_until_ready(calculate_hessian(model, params))
        jobs = {
            "full": lambda: naive_hvp(calculate_hessian(model, params), v).block_until_ready(),
            "naive": lambda: naive_hvp(H, v).block_until_ready(),
            "efficient": lambda: hvp(loss, params, v).block_until_ready(),
        }
        out["layers"].append(int(n))
        for name, job in jobs.items():
            times = timeit.repeat(job, number=1, repeat=num_runs)
            out[name].append((statistics.mean(times), statistics.stdev(times)))
    return out
