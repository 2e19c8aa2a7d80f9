import functools
import statistics
import time
import timeit

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jax.nn import gelu


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
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
        n = int(n)
        model = MLP(jax.random.PRNGKey(n), [2] * (n + 1) + [1])
        params = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(n + 1), params.shape)
        
        def loss(p):
            x = jnp.ones((1, model.layer_sizes[0]))
            return jnp.sum(model.forward(x))

        H = calculate_hessian(model, params).block_until_ready()
        naive_hvp(H, v).block_until_ready()
        hvp(loss, params, v).block_until_ready()
        full, naive, fast = [], [], []
        for _ in range(num_runs):
            start = time.perf_counter()
            h = calculate_hessian(model, params)
            r = naive_hvp(h, v)
            r.block_until_ready()
            full.append(time.perf_counter() - start)

            start = time.perf_counter()
            r = naive_hvp(H, v)
            r.block_until_ready()
            naive.append(time.perf_counter() - start)

            start = time.perf_counter()
            r = jax.jvp(jax.grad(loss), (params,), (v,))[1]
            r.block_until_ready()
            fast.append(time.perf_counter() - start)
        rows.append({
            "n": n,
            "full_mean": np.mean(full), "full_std": np.std(full),
            "naive_mean": np.mean(naive), "naive_std": np.std(naive),
            "hvp_mean": np.mean(fast), "hvp_std": np.std(fast),
        })
    return pd.DataFrame(rows)


def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots(figsize=(8, 5))
    names = {"full": "Full Hessian + product", "naive": "Product alone", "hvp": "Efficient HVP"}
    for key, label in names.items():
        y, e = df[key + "_mean"], df[key + "_std"]
        ax.errorbar(df["n"], y, yerr=e, label=label, capsize=3)
    ax.set_xlabel("Number of hidden layers")
    ax.set_ylabel("Time, s")
    ax.set_yscale("log")
    ax.legend()
    return fig


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x**2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    grad = jax.jit(jax.grad(gd_loss))
    for k in range(num_steps):
        alphas = alphas - beta * grad(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)

