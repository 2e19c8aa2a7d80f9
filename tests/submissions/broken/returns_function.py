import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


# 1


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
        leaves = jax.tree_util.tree_leaves(self.weights)
        return jnp.concatenate(list(map(jnp.ravel, leaves)))


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = np.cumsum([a * b for a, b in shapes])[:-1]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(f, x, v):
    return lambda y: jax.jvp(jax.grad(f), (y,), (v,))[1]


def measure(fn, runs):
    times = []
    for _ in range(runs):
        begin = time.time()
        fn().block_until_ready()
        times.append(time.time() - begin)
    return np.mean(times), np.std(times)


def timing_experiment(ns, num_runs):
    rows = []
    for n in ns:
        sizes = [2] * (int(n) + 1) + [1]
        model = MLP(jax.random.PRNGKey(int(n)), sizes)
        base = model.weights
        p = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(7), p.shape)

        def loss(q):
            h, k = jnp.ones((1, sizes[0])), 0
            for w in base[:-1]:
                h = gelu(h @ q[k:k + w.size].reshape(w.shape))
                k += w.size
            return jnp.sum(h @ q[k:].reshape(base[-1].shape))

        def total():
            model.weights = list(base)
            return naive_hvp(calculate_hessian(model, p), v)

        model.weights = list(base)
        H = calculate_hessian(model, p)
        rows.append((int(n), *measure(total, num_runs),
                     *measure(lambda: naive_hvp(H, v), num_runs),
                     *measure(lambda: hvp(loss, p, v), num_runs)))
    return np.array(rows)


def plot_timings(results):
    fig, ax = plt.subplots()
    ax.errorbar(results[:, 0], results[:, 1], yerr=results[:, 2], fmt="-o", label="full Hessian + product")
    ax.errorbar(results[:, 0], results[:, 3], yerr=results[:, 4], fmt="-s", label="product only")
    ax.errorbar(results[:, 0], results[:, 5], yerr=results[:, 6], fmt="-^", label="efficient HVP")
    ax.set_xlabel("Number of hidden layers")
    ax.set_ylabel("Time, s")
    ax.legend()
    return fig


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)
    model = MLP(jax.random.PRNGKey(0), [2, 2, 2, 1])
    p = model.get_params()
    print(p.shape)
    print(calculate_hessian(model, p))
