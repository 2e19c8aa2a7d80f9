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


def timing_experiment(ns, num_runs):
    means, stds = np.zeros((3, len(ns))), np.zeros((3, len(ns)))
    for i, n in enumerate(ns):
        sizes = [2] * (int(n) + 1) + [1]
        params = MLP(jax.random.PRNGKey(0), sizes).get_params()
        v = jnp.asarray(np.random.randn(params.size))
        loss = make_loss(sizes)
        t = np.zeros((3, num_runs))
        for r in range(num_runs):
            s = time.time()
            H = jax.jacfwd(jax.jacrev(loss))(params)
            np.asarray(H @ v)
            t[0, r] = time.time() - s
            s = time.time()
            np.asarray(jnp.dot(H, v))
            t[1, r] = time.time() - s
            s = time.time()
            np.asarray(jax.grad(lambda p: jnp.vdot(jax.grad(loss)(p), v))(params))
            t[2, r] = time.time() - s
        means[:, i], stds[:, i] = t.mean(axis=1), t.std(axis=1)
    return ns, means, stds


def plot_timings(results):
    ns, means, stds = results
    for m, s, name in zip(means, stds, ["Full Hessian + HVP", "Naive HVP", "Efficient HVP"]):
        plt.plot(ns, 1e3 * m, label=name)
        plt.errorbar(ns, 1e3 * m, yerr=1e3 * s, fmt="none", ecolor="gray")
    plt.xlabel("n")
    plt.ylabel("time, ms")
    plt.legend()
    plt.show()
