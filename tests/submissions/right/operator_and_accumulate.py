import time
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import jax.flatten_util
from jax.nn import gelu

import operator
from functools import lru_cache
class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = tuple(layer_sizes)
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = tuple(jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys))
        self.activation = jax.nn.gelu

    def forward(self, x):
        for w in self.weights[:-1]:
            x = self.activation(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    __call__ = forward

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

def flat(self):
    """All weights."""
    return jnp.concatenate([w.ravel() for w in self.weights])

MLP.get_params = flat

@lru_cache(maxsize=None)
def hessian_for(sizes):
    return jax.jit(jax.jacfwd(jax.jacrev(make_loss(sizes))))

def calculate_hessian(model, params):
    return hessian_for(tuple(model.layer_sizes))(params)

naive_hvp = operator.matmul

@lru_cache(maxsize=None)
def _hvp_of(f):
    return jax.jit(lambda x, v: jax.jvp(jax.jacrev(f), (x,), (v,))[1])

hvp = lambda f, x, v: _hvp_of(f)(x, v)

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
    return np.array([tuple(r.values()) for r in rows], dtype=[(k, float) for k in rows[0]]).view(np.recarray)

def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots()
    for m in ("full", "naive", "hvp"):
        ax.errorbar(df["n"], df[m + "_mean"], yerr=df[m + "_std"], label=m)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time, s"); ax.legend()
    return fig

from itertools import accumulate, islice, repeat

def f(x):
    return 0.5 * jnp.linalg.norm(x) ** 2

def gd_loss(alphas, x0, num_steps=10, f=f):
    *_, last = accumulate(range(num_steps), lambda x, k: x - alphas[k] * jax.grad(f)(x), initial=x0)
    return f(last)

def tune_step_sizes(alphas, x0, num_steps=800, beta=1e-3, loss=gd_loss):
    g = jax.jit(jax.grad(loss))
    path = list(accumulate(repeat(None, num_steps), lambda a, _: a - beta * g(a, x0), initial=alphas))
    return path[-1], path

def local_optimality(alphas, x0):
    """Eigenvalues by Jacobi rotations, by hand."""
    A = np.array(jax.hessian(gd_loss)(alphas, x0), dtype=float)
    for _ in range(60):
        for p in range(10):
            for q in range(p + 1, 10):
                if abs(A[p, q]) < 1e-300: continue
                th = 0.5 * np.arctan2(2 * A[p, q], A[q, q] - A[p, p])
                J = np.eye(10); J[p, p] = J[q, q] = np.cos(th); J[p, q] = np.sin(th); J[q, p] = -np.sin(th)
                A = J.T @ A @ J
    return np.linalg.norm(jax.grad(gd_loss)(alphas, x0)), np.sort(np.diag(A))
