"""One curve has no label."""
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


def timing_experiment(ns, num_runs):
    rows = []
    for n in ns:
        model = MLP(jax.random.PRNGKey(0), [2] * (n + 1) + [1])
        params = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), params.shape)
        loss = make_loss(model.layer_sizes)
        H = calculate_hessian(model, params)
        full, naive, fast = [], [], []
        for _ in range(num_runs):
            start = time.perf_counter()
            hessian = calculate_hessian(model, params)
            naive_hvp(hessian, v).block_until_ready()
            full.append(time.perf_counter() - start)

            start = time.perf_counter()
            naive_hvp(H, v).block_until_ready()
            naive.append(time.perf_counter() - start)

            start = time.perf_counter()
            hvp(loss, params, v).block_until_ready()
            fast.append(time.perf_counter() - start)
        rows.append({
            "n": n,
            "full_mean": np.mean(full), "full_std": np.std(full),
            "naive_mean": np.mean(naive), "naive_std": np.std(naive),
            "hvp_mean": np.mean(fast), "hvp_std": np.std(fast),
        })
    return rows


def plot_timings(results):
    ns = np.array([row["n"] for row in results])
    col = lambda name: np.array([row[name] for row in results])
    fig, ax = plt.subplots()
    ax.errorbar(ns, col("full_mean"), col("full_std"), label="full")
    ax.errorbar(ns, col("naive_mean"), col("naive_std"))
    ax.errorbar(ns, col("hvp_mean"), col("hvp_std"), label="hvp")
    ax.set_xlabel("n"); ax.set_ylabel("t, s")
    ax.legend()
    return fig
