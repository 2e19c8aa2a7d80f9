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
        return jax.flatten_util.ravel_pytree(self.weights)[0]

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
    loss = make_loss(model.layer_sizes)
    column = lambda e: hvp(loss, params, e)
    return jax.vmap(column, out_axes=1)(jnp.eye(len(params), dtype=params.dtype))

def naive_hvp(hessian, vector):
    return jnp.sum(hessian * vector[None, :], axis=1)

def hvp(f, x, v):
    return jax.vjp(jax.grad(f), x)[1](v)[0]

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
    return rows

def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots()
    for m, c in zip(("full", "naive", "hvp"), "rgb"):
        mu, sd = df[m + "_mean"], df[m + "_std"]
        ax.plot(df.n, mu, c + "o-", label=m)
        ax.vlines(df.n, mu - sd, mu + sd, color=c)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time, s"); ax.legend()
    return fig

def inner(x, a):
    return jax.tree_util.tree_map(lambda p, g: p - a * g, x, jax.grad(lambda y: 0.5 * jnp.vdot(y, y))(x)), None

@jax.jit
def gd_loss(alphas, x0):
    x, _ = jax.lax.scan(inner, x0, alphas, unroll=5)
    return 0.5 * jnp.vdot(x, x)

class Tuner:
    def __init__(self, beta): self.beta = beta
    def __call__(self, alphas, x0, n):
        losses = []
        for _ in range(n):
            value, grad = jax.value_and_grad(gd_loss)(alphas, x0)
            losses.append(value.item())
            alphas = alphas - self.beta * grad
        return alphas, losses

def tune_step_sizes(alphas, x0, beta=2e-3, num_steps=300):
    return Tuner(beta)(alphas, x0, num_steps)

def local_optimality(alphas, x0):
    L = lambda a: gd_loss(a, x0)
    cols = [jax.jvp(jax.grad(L), (alphas,), (e,))[1] for e in jnp.eye(10)]
    return jnp.sqrt(jnp.sum(jax.grad(L)(alphas) ** 2)), jnp.sort(jnp.linalg.eigvalsh(jnp.stack(cols)))
