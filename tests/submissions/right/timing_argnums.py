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

def loss(sizes, p):
    return make_loss(sizes)(p)

def timing_experiment(ns, num_runs):
    """Everything inline, with argnums."""
    out = {"n": np.asarray(ns)}
    H_fn = jax.jit(jax.hessian(loss, argnums=1), static_argnums=0)
    F_fn = jax.jit(lambda s, p, v: jax.jvp(jax.grad(lambda q: loss(s, q)), (p,), (v,))[1], static_argnums=0)
    for m in ("full", "naive", "hvp"):
        out[m + "_mean"], out[m + "_std"] = np.zeros(len(ns)), np.zeros(len(ns))
    for i, n in enumerate(ns):
        sizes = tuple([2] * (int(n) + 1) + [1])
        p = jnp.asarray(MLP(jax.random.PRNGKey(0), list(sizes)).get_params())
        v = jax.random.normal(jax.random.PRNGKey(1), p.shape)
        H = H_fn(sizes, p).block_until_ready()
        F_fn(sizes, p, v).block_until_ready()
        t = np.zeros((3, num_runs))
        for r in range(num_runs):
            t0 = time.perf_counter(); jnp.dot(H_fn(sizes, p), v).block_until_ready()
            t1 = time.perf_counter(); jnp.dot(H, v).block_until_ready()
            t2 = time.perf_counter(); F_fn(sizes, p, v).block_until_ready()
            t3 = time.perf_counter()
            t[:, r] = t1 - t0, t2 - t1, t3 - t2
        for m, row in zip(("full", "naive", "hvp"), t):
            out[m + "_mean"][i], out[m + "_std"][i] = row.mean(), row.std()
    return out

def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots()
    for m in ("full", "naive", "hvp"):
        ax.errorbar(df["n"], df[m + "_mean"], yerr=df[m + "_std"], label=m)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time, s"); ax.legend()
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
