"""Labels are given, but plt.legend() is missing."""
import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from jax.nn import gelu


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


def measure(fn, runs):
    times = []
    for _ in range(runs):
        begin = time.time()
        fn().block_until_ready()
        times.append(time.time() - begin)
    return np.mean(times), np.std(times, ddof=1)


def timing_experiment(ns, num_runs):
    table = []
    for depth in ns:
        sizes = [2] * (int(depth) + 1) + [1]
        model = MLP(jax.random.PRNGKey(int(depth)), sizes)
        p = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(7), (len(p),))
        H = calculate_hessian(model, p).block_until_ready()
        total = measure(lambda: naive_hvp(calculate_hessian(model, p), v), num_runs)
        product = measure(lambda: naive_hvp(H, v), num_runs)
        efficient = measure(lambda: hvp(make_loss(sizes), p, v), num_runs)
        table.append([depth, *total, *product, *efficient])
    return np.array(table)


def plot_timings(results):
    n, m1, s1, m2, s2, m3, s3 = results.T
    plt.figure()
    plt.errorbar(n, m1, yerr=s1, fmt="-o", label="Полный гессиан")
    plt.errorbar(n, m2, yerr=s2, fmt="-s", label="Наивный HVP")
    plt.errorbar(n, m3, yerr=s3, fmt="-^", label="Эффективный HVP")
    plt.xlabel("Количество слоёв")
    plt.ylabel("Время вычисления (секунды)")
    plt.loglog()
    plt.show()
