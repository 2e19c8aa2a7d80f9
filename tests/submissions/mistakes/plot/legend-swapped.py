"""All three are called time."""
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


class Stopwatch:
    def __enter__(self):
        self.start = time.perf_counter_ns()
        return self

    def __exit__(self, *exc):
        self.seconds = (time.perf_counter_ns() - self.start) / 1e9


def timing_experiment(ns, num_runs):
    results = {"n": list(ns)}
    for name in ("full", "naive", "hvp"):
        results[name + "_mean"], results[name + "_std"] = [], []
    for n in ns:
        model = MLP(jax.random.PRNGKey(3), [2] * (n + 1) + [1])
        x = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(4), x.shape)
        f = make_loss(model.layer_sizes)
        H = calculate_hessian(model, x)

        def full():
            return naive_hvp(calculate_hessian(model, x), v)

        def naive():
            return naive_hvp(H, v)

        def efficient():
            return hvp(f, x, v)

        for name, run in (("full", full), ("naive", naive), ("hvp", efficient)):
            jax.block_until_ready(run())
            times = []
            for _ in range(num_runs):
                with Stopwatch() as watch:
                    jax.block_until_ready(run())
                times.append(watch.seconds)
            results[name + "_mean"].append(sum(times) / len(times))
            results[name + "_std"].append(float(np.std(times)))
    return results


LABELS = {"full": "полный гессиан", "naive": "быстрый hvp", "hvp": "наивный hvp"}


def plot_timings(results):
    x = np.array(results["n"])
    fig = plt.figure()
    ax = fig.add_subplot(111)
    for name, color in zip(("full", "naive", "hvp"), ("tab:red", "tab:blue", "tab:green")):
        mean = np.array(results[name + "_mean"])
        std = np.array(results[name + "_std"])
        ax.plot(x, mean, color=color, label=LABELS[name])
        ax.fill_between(x, mean - std, mean + std, color=color, alpha=0.2)
    ax.set(xlabel="hidden layers", ylabel="seconds")
    ax.legend(loc="upper left")
    return ax
