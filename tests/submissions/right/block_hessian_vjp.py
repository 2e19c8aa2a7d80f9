"""The Hessian assembled from blocks of the pytree Hessian; weights of a deep copy replaced."""
import copy
import time as tm

import jax
import jax.numpy as np
import matplotlib.pyplot as plt
import numpy as onp
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
            x = gelu(np.dot(x, w))
        return np.dot(x, self.weights[-1])

    def get_params(self):
        out = np.array([])
        for w in self.weights:
            out = np.append(out, w)
        return out


def split_like(model, params):
    bounds = onp.cumsum([w.size for w in model.weights])[:-1]
    return [c.reshape(w.shape) for c, w in zip(np.split(params, bounds), model.weights)]


def calculate_hessian(model, params):
    net = copy.copy(model)

    def loss_fn(ws):
        net.weights = ws
        return np.sum(net.forward(np.ones((1, net.layer_sizes[0]))))

    ws = split_like(model, params)
    blocks = jax.hessian(loss_fn)(ws)
    return np.block([[blocks[i][j].reshape(ws[i].size, ws[j].size) for j in range(len(ws))]
                     for i in range(len(ws))])


def naive_hvp(hessian, vector):
    return np.tensordot(hessian, vector, axes=1)


def hvp(f, x, v):
    g, pullback = jax.vjp(jax.grad(f), x)
    return pullback(v)[0]


def timing_experiment(ns, num_runs):
    """A plain array with the seven columns."""
    table = []
    for n in ns:
        model = MLP(jax.random.PRNGKey(42), [2] * (n + 1) + [1])
        params = model.get_params()
        v = onp.random.randn(*params.shape)
        v = np.asarray(v, dtype=params.dtype)

        def loss(p):
            m = copy.copy(model)
            m.weights = split_like(model, p)
            return m.forward(np.ones((1, 2))).sum()

        T = onp.empty((num_runs, 3))
        hess = calculate_hessian(model, params)
        hess.block_until_ready()
        for run in range(num_runs):
            begin = tm.time()
            naive_hvp(calculate_hessian(model, params), v).block_until_ready()
            T[run, 0] = tm.time() - begin
        for run in range(num_runs):
            begin = tm.time()
            naive_hvp(hess, v).block_until_ready()
            T[run, 1] = tm.time() - begin
        for run in range(num_runs):
            begin = tm.time()
            hvp(loss, params, v).block_until_ready()
            T[run, 2] = tm.time() - begin
        mu, sd = T.mean(0), T.std(0, ddof=1)
        table.append([n, mu[0], sd[0], mu[1], sd[1], mu[2], sd[2]])
    return onp.array(table)


def plot_timings(results):
    n, *cols = results.T
    fig = plt.figure(figsize=(7, 4))
    ax = fig.add_subplot(1, 1, 1)
    names = ["full Hessian, then product", "product only", "Pearlmutter"]
    for i, c in enumerate(["tab:red", "tab:blue", "tab:green"]):
        m, s = cols[2 * i], cols[2 * i + 1]
        ax.errorbar(n, m, yerr=onp.vstack([onp.minimum(s, 0.99 * m), s]), fmt=".-", color=c, capsize=3)
    ax.set_yscale("log")
    ax.set_xlabel("$L$, number of hidden layers")
    ax.set_ylabel("$t$, s")
    ax.legend(names)
    return fig


def f(x):
    return np.dot(x, x) / 2


df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for alpha in alphas:
        x -= alpha * df(x)
    return f(x)


dL = jax.jit(jax.grad(gd_loss))


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=2000):
    hist = {"loss": [], "alphas": []}
    for t in range(num_steps):
        alphas -= beta * dL(alphas, x0)
        if t % 100 == 0:
            hist["loss"].append(float(gd_loss(alphas, x0)))
            hist["alphas"].append(onp.asarray(alphas))
    return alphas, hist


def local_optimality(alphas, x0):
    hess = jax.hessian(gd_loss)(alphas, x0)
    return float(np.linalg.norm(dL(alphas, x0))), onp.linalg.eigvalsh(onp.asarray(hess)).tolist()
