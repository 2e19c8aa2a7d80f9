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

import tracemalloc, os, sys, json
def timing_experiment(ns, num_runs):
    """Writes what it has after each row, so that nothing is lost if Colab disconnects."""
    rows = []
    for n in ns:
        tracemalloc.start()
        model, p, v, loss = setup(n)
        H = calculate_hessian(model, p).block_until_ready()
        fns = [lambda: naive_hvp(calculate_hessian(model, p), v), lambda: naive_hvp(H, v), lambda: hvp(loss, p, v)]
        t = np.zeros((num_runs, 3))
        for i in range(num_runs):
            for j in np.random.permutation(3):  # in random order
                s = time.perf_counter(); fns[j]().block_until_ready(); t[i, j] = time.perf_counter() - s
        m, s = t.mean(0).tolist(), t.std(0).tolist()
        rows.append({"n": int(n), "full_mean": m[0], "full_std": s[0], "naive_mean": m[1], "naive_std": s[1], "hvp_mean": m[2], "hvp_std": s[2]})
        with open("timings.json", "w") as out:
            json.dump(rows, out)
        peak = tracemalloc.get_traced_memory()[1]; tracemalloc.stop()
        sys.stdout.write(f"\r{n}: {peak / 1e6:.1f} MB"); sys.stdout.flush()
    return json.load(open("timings.json"))

def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots()
    for m in ("full", "naive", "hvp"):
        ax.errorbar(df["n"], df[m + "_mean"], yerr=df[m + "_std"], label=m)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time, s"); ax.legend()
    return fig

def f(x):
    return jnp.sum(jnp.square(x)) / 2

def run_gd(alphas, x0):
    return jax.lax.fori_loop(0, alphas.shape[0], lambda i, x: x - alphas[i] * jax.grad(f)(x), x0)

def gd_loss(alphas, x0):
    return f(run_gd(alphas, x0))

def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1500):
    def one(carry, _):
        new = carry - beta * jax.grad(gd_loss)(carry, x0)
        return new, {"loss": gd_loss(carry, x0), "grad": jax.grad(gd_loss)(carry, x0)}
    final, hist = jax.lax.scan(one, alphas, None, num_steps)
    return (final, hist)

def local_optimality(alphas, x0):
    grad_L, hess_L = jax.grad(gd_loss), jax.jacfwd(jax.grad(gd_loss))
    vals = jnp.linalg.eigh(hess_L(alphas, x0))
    return [jnp.linalg.norm(grad_L(alphas, x0)), vals.eigenvalues]
