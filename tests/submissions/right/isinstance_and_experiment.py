import time
import jax
import jax.numpy as jnp
import numpy as np
import matplotlib.pyplot as plt
import pandas as pd
from jax.nn import gelu
from functools import partial
from tqdm.auto import tqdm
import copy


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
        return jnp.hstack([w.ravel() for w in self.weights])


def _with_params(model, flat):
    m = copy.copy(model)
    shapes = [w.shape for w in model.weights]
    sizes = [int(np.prod(s)) for s in shapes]
    pieces = jnp.split(flat, np.cumsum(sizes)[:-1].tolist())
    m.weights = [p.reshape(s) for p, s in zip(pieces, shapes, strict=True)]
    return m


def calculate_hessian(model, params):
    assert isinstance(model, MLP), 'MLP expected'
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(_with_params(model, p).forward(x))
    return jax.jacrev(jax.jacfwd(loss_fn))(params)


naive_hvp = lambda hessian, vector: jnp.tensordot(hessian, vector, axes=1)


def hvp(f, x, v):
    directional = lambda y: jax.jvp(f, (y,), (v,))[1]
    return jax.grad(directional)(x)


def flat_loss(model):
    """The loss of the network as a function of the flat vector."""
    shapes = [w.shape for w in model.weights]

    def loss(p):
        h, k = jnp.ones((1, model.layer_sizes[0])), 0
        for i, (a, b) in enumerate(shapes):
            h = h @ p[k:k + a * b].reshape(a, b)
            k += a * b
            if i < len(shapes) - 1:
                h = gelu(h)
        return jnp.sum(h)

    return loss


from matplotlib.lines import Line2D


def timing_experiment(ns, num_runs):
    results = []
    for n in tqdm(ns, desc="depth", leave=False):
        sizes = [2] + [2] * n + [1]
        model = MLP(jax.random.PRNGKey(0), sizes)
        params = model.get_params()
        vec = jax.random.normal(jax.random.PRNGKey(1), params.shape)

        hessian = calculate_hessian(model, params)
        row = {"n": n}

        acc = []
        for _ in range(num_runs):
            t = -time.perf_counter()
            out = naive_hvp(calculate_hessian(model, params), vec)
            jax.block_until_ready(out)
            t += time.perf_counter()
            acc.append(t)
        row["full_mean"] = sum(acc) / len(acc)
        row["full_std"] = (sum((t - row["full_mean"]) ** 2 for t in acc) / len(acc)) ** 0.5

        acc.clear()
        for _ in range(num_runs):
            t = -time.perf_counter()
            out = naive_hvp(hessian, vec)
            jax.block_until_ready(out)
            t += time.perf_counter()
            acc.append(t)
        row["naive_mean"], row["naive_std"] = np.mean(acc), np.std(acc)

        acc.clear()
        fun = flat_loss(model)
        for _ in range(num_runs):
            t = -time.perf_counter()
            out = hvp(fun, params, vec)
            jax.block_until_ready(out)
            t += time.perf_counter()
            acc.append(t)
        row["hvp_mean"], row["hvp_std"] = np.mean(acc), np.std(acc)
        results.append(row)
    return results


def plot_timings(results):
    get = lambda k: np.array([r[k] for r in results])
    fig, ax = plt.subplots()
    proxies = []
    for m, color, text in (("full", "C3", "full Hessian, then product"), ("naive", "C0", "naive HVP (precomputed)"), ("hvp", "C2", "HVP by autodiff")):
        ax.errorbar(get("n"), 1e3 * get(m + "_mean"), 1e3 * get(m + "_std"), c=color, fmt="o-", mfc="w")
        proxies.append(Line2D([0], [0], color=color, label=text))
    ax.legend(handles=proxies)
    ax.set_xlabel("depth $L$ [layers]")
    ax.set_ylabel("wall-clock time [ms]")
    ax.set_yscale("log")
    ax.text(0.02, 0.02, f"n = 4L+2", transform=ax.transAxes)
    fig.savefig("timings.pdf", bbox_inches="tight")
    return fig


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=3000):
    history = []
    loss_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    for i in range(num_steps):
        L, g = loss_and_grad(alphas, x0)
        history.append((i, float(L), float(jnp.linalg.norm(g))))
        if i % 500 == 0:
            print(f"step {i:5d}  L = {L:.6e}  |g| = {jnp.linalg.norm(g):.3e}")
        alphas = alphas - beta * g
    return alphas, history


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    eigs = jnp.linalg.eigvalsh(H)
    print("‖∇L‖ =", jnp.linalg.norm(g))
    print("λ =", eigs)
    return jnp.linalg.norm(g), eigs


ns = np.linspace(50, 1000, 15, dtype=int)
num_runs = 10
results = timing_experiment(ns, num_runs)
fig = plot_timings(results)
plt.show()
