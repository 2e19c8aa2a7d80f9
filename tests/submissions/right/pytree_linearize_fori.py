"""A network registered as a pytree; everything is tree_map'ed."""
from __future__ import annotations

import time
from typing import NamedTuple

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from jax import tree_util
from jax.flatten_util import ravel_pytree


@tree_util.register_pytree_node_class
class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [jax.random.normal(k, (m, n)) for k, m, n in zip(keys, layer_sizes[:-1], layer_sizes[1:])]

    def tree_flatten(self):
        return (self.weights,), tuple(self.layer_sizes)

    @classmethod
    def tree_unflatten(cls, aux, children):
        obj = object.__new__(cls)
        obj.layer_sizes = list(aux)
        (obj.weights,) = children
        return obj

    def forward(self, x):
        for w in self.weights[:-1]:
            x = jax.nn.gelu(x @ w)
        return x @ self.weights[-1]

    def get_params(self):
        return ravel_pytree(self)[0]


def scalar_loss(model: MLP):
    return model.forward(jnp.ones((1, model.layer_sizes[0]))).sum()


def calculate_hessian(model, params):
    _, rebuild = ravel_pytree(model)
    return jax.jacfwd(jax.grad(lambda p: scalar_loss(rebuild(p))))(params)


def naive_hvp(hessian, vector):
    return jax.vmap(jnp.vdot, in_axes=(0, None))(hessian, vector)


def hvp(f, x, v):
    _, push = jax.linearize(jax.grad(f), x)
    return push(v)


class Stat(NamedTuple):
    mean: float
    std: float


class Row(NamedTuple):
    n: int
    full: Stat
    naive: Stat
    hvp: Stat


def stat(fn, num_runs) -> Stat:
    ts = []
    for _ in range(num_runs):
        t0 = time.perf_counter()
        jax.block_until_ready(fn())
        ts.append(time.perf_counter() - t0)
    return Stat(float(np.mean(ts)), float(np.std(ts)))


def timing_experiment(ns, num_runs):
    rows = []
    for n in map(int, ns):
        net = MLP(jax.random.key(n), [2] * (n + 1) + [1])
        p, rebuild = ravel_pytree(net)
        v = jax.random.normal(jax.random.key(1), p.shape, dtype=p.dtype)
        loss = lambda q: scalar_loss(rebuild(q))
        H = jax.block_until_ready(calculate_hessian(net, p))
        rows.append(Row(n,
                        full=stat(lambda: naive_hvp(calculate_hessian(net, p), v), num_runs),
                        naive=stat(lambda: naive_hvp(H, v), num_runs),
                        hvp=stat(lambda: hvp(loss, p, v), num_runs)))
    return rows


def plot_timings(results):
    fig, ax = plt.subplots()
    ns = [r.n for r in results]
    for field, name in [("full", "Full Hessian"), ("naive", "Naive"), ("hvp", "Efficient")]:
        stats = [getattr(r, field) for r in results]
        ax.errorbar(ns, [s.mean for s in stats], yerr=[s.std for s in stats], marker="s", label=name)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time [s]"); ax.legend(loc="best")
    return fig


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    def body(k, x):
        return x - alphas[k] * jax.grad(f)(x)
    return f(jax.lax.fori_loop(0, 10, body, x0))


def tune_step_sizes(alphas, x0, beta=2e-4, num_steps=800):
    def body(_, a):
        return a - beta * jax.grad(gd_loss)(a, x0)
    return jax.lax.fori_loop(0, num_steps, body, alphas)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.jacrev(jax.grad(gd_loss))(alphas, x0)
    w, _ = jnp.linalg.eigh(H)
    return jnp.sqrt(g @ g), w
