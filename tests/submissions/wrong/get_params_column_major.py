"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# Задание 1. Гессиан


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
        cols = []
        for w in self.weights:
            for j in range(w.shape[1]):
                cols.append(w[:, j])
        return jnp.concatenate(cols)


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        ws = []
        i = 0
        for a, b in zip(model.layer_sizes[:-1], model.layer_sizes[1:]):
            # столбцы лежат подряд
            ws.append(p[i:i + a * b].reshape(b, a).T)
            i += a * b
        old, model.weights = model.weights, ws
        out = jnp.sum(model.forward(x))
        model.weights = old
        return out

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


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
