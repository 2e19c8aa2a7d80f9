import statistics
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


from contextlib import contextmanager


@contextmanager
def stopwatch(times):
    start = time.perf_counter_ns()
    yield
    times.append((time.perf_counter_ns() - start) * 1e-9)


COLUMNS = ["n", "full_mean", "full_std", "naive_mean", "naive_std", "hvp_mean", "hvp_std"]


def timing_experiment(ns, num_runs):
    table = np.zeros(len(ns), dtype=[(name, float) for name in COLUMNS])
    jit_hessian = jax.jit(calculate_hessian, static_argnums=0)
    jit_product = jax.jit(naive_hvp)
    for row, n in zip(table, ns):
        model = MLP(jax.random.PRNGKey(0), [2] * (n + 1) + [1])
        x = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), x.shape)
        loss = make_loss(model.layer_sizes)
        jit_hvp = jax.jit(lambda x, v: hvp(loss, x, v))
        H = jit_hessian(model, x)
        for warm_up in (jit_product(H, v), jit_hvp(x, v)):
            warm_up.block_until_ready()
        full, naive, fast = [], [], []
        for _ in range(num_runs):
            with stopwatch(full):
                Hv = jit_product(jit_hessian(model, x), v)
                jax.block_until_ready(Hv)
        for _ in range(num_runs):
            with stopwatch(naive):
                jax.block_until_ready(jit_product(H, v))
        for _ in range(num_runs):
            with stopwatch(fast):
                jax.block_until_ready(jit_hvp(x, v))
        row["n"] = n
        for name, times in (("full", full), ("naive", naive), ("hvp", fast)):
            row[name + "_mean"] = statistics.mean(times)
            row[name + "_std"] = statistics.stdev(times)
    return table


def plot_timings(results):
    fig, ax = plt.subplots(figsize=(8, 5))
    for name, title in {"full": "full Hessian + product", "naive": "product", "hvp": "hvp"}.items():
        mean, std = results[name + "_mean"], results[name + "_std"]
        line, = ax.plot(results["n"], mean, "o-", label=title)
        ax.fill_between(results["n"], mean - std, mean + std, alpha=0.3, color=line.get_color())
    ax.set(xlabel="Hidden layers", ylabel="Time, s", yscale="log")
    ax.legend()
    return ax
