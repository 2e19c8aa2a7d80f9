import time
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import jax.flatten_util
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

def make_loss(sizes):
    def loss(p):
        x, i = jnp.ones((1, sizes[0])), 0
        for l, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
            x = x @ p[i:i + a * b].reshape(a, b)
            i += a * b
            if l < len(sizes) - 2:
                x = gelu(x)
        return x.sum()
    return loss

def calculate_hessian(model, params):
    return jax.hessian(make_loss(model.layer_sizes))(params)

def naive_hvp(hessian, vector):
    return hessian @ vector

def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]

def setup(depth, seed=0):
    sizes = [2] * (int(depth) + 1) + [1]
    key, sub = jax.random.split(jax.random.PRNGKey(seed))
    model = MLP(key, sizes)
    p = model.get_params()
    v = jax.random.normal(sub, p.shape)
    return model, jnp.asarray(p), v, make_loss(sizes)

def timing_experiment(ns, num_runs):
    rows = []
    for n in ns:
        model, p, v, loss = setup(n)
        H = jax.block_until_ready(calculate_hessian(model, p))
        T = {"full": [], "naive": [], "hvp": []}
        for _ in range(num_runs):
            t = time.perf_counter(); jax.block_until_ready(naive_hvp(calculate_hessian(model, p), v)); T["full"].append(time.perf_counter() - t)
            t = time.perf_counter(); jax.block_until_ready(naive_hvp(H, v)); T["naive"].append(time.perf_counter() - t)
            t = time.perf_counter(); jax.block_until_ready(hvp(loss, p, v)); T["hvp"].append(time.perf_counter() - t)
        row = {"n": n}
        for k, ts in T.items():
            row[k + "_mean"], row[k + "_std"] = np.mean(ts), np.std(ts)
        rows.append(row)
    return pd.DataFrame(rows).assign(params=lambda d: 4 * d.n + 2, speedup=lambda d: d.full_mean / d.hvp_mean, full_min=lambda d: d.full_mean - d.full_std)

def plot_timings(results):
    fig, ax = plt.subplots()
    for m in ("full", "naive", "hvp"):
        y, e = np.log10(results[m + "_mean"]), results[m + "_std"] / results[m + "_mean"] / np.log(10)
        ax.errorbar(results["n"], y, yerr=e, label=m)
    ax.set_xlabel("hidden layers"); ax.set_ylabel(r"$\log_{10}$ of the time in seconds"); ax.legend()
    return fig

def f(x):
    return 0.5 * jnp.sum(x**2)

def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)

def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
    return alphas

def local_optimality(alphas, x0):
    return jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0)), jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
