import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
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


import functools
from collections import defaultdict


def timed(function):
    """Returns the result together with how long it took."""

    @functools.wraps(function)
    def wrapper(*args):
        begin = time.monotonic()
        result = jax.block_until_ready(function(*args))
        return result, time.monotonic() - begin

    return wrapper


class Benchmark:
    def __init__(self, depth, seed=0):
        key, other = jax.random.split(jax.random.PRNGKey(seed))
        self.model = MLP(key, [2] * (int(depth) + 1) + [1])
        self.params = self.model.get_params()
        self.vector = jax.random.normal(other, self.params.shape)
        self.loss = make_loss(self.model.layer_sizes)

    @timed
    def full(self):
        return naive_hvp(calculate_hessian(self.model, self.params), self.vector)

    @timed
    def naive(self):
        return naive_hvp(self.hessian, self.vector)

    @timed
    def efficient(self):
        return hvp(self.loss, self.params, self.vector)

    def prepare(self):
        self.hessian = calculate_hessian(self.model, self.params).block_until_ready()


def timing_experiment(ns, num_runs):
    results = defaultdict(dict)
    for n in ns:
        benchmark = Benchmark(n)
        benchmark.prepare()
        for name in ("efficient", "naive", "full"):
            times = jnp.array([getattr(benchmark, name)()[1] for _ in range(num_runs)])
            results[int(n)][name] = {"mean": float(jnp.mean(times)), "std": float(jnp.std(times))}
    return dict(results)


def plot_timings(results):
    ns = sorted(results)
    fig, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True)
    for ax, name in zip(axes, ("full", "naive", "efficient")):
        ax.errorbar(ns, [results[n][name]["mean"] for n in ns],
                    yerr=[results[n][name]["std"] for n in ns], fmt="o-", label=name)
        ax.set_title(name)
        ax.set_xlabel("hidden layers")
    axes[0].set_ylabel("seconds")
    return fig
