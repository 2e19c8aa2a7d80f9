# HVP benchmark only. get_params is a plain function here.
import jax
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import time
import matplotlib.pyplot as plt


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


def get_params(model):
    return jnp.concatenate([jnp.ravel(w) for w in model.weights])


def put_params(model, flat):
    pieces = []
    for w in model.weights:
        pieces.append(flat[: w.size].reshape(w.shape))
        flat = flat[w.size:]
    return pieces


def network_loss(weights, d):
    h = jnp.ones((1, d))
    for w in weights[:-1]:
        h = gelu(h @ w)
    return jnp.sum(h @ weights[-1])


def calculate_hessian(model, params):
    d = model.layer_sizes[0]
    return jax.hessian(lambda p: network_loss(put_params(model, p), d))(params)


def naive_hvp(hessian, vector):
    return vector @ hessian


def hvp(f, x, v):
    value, jvp_fn = jax.linearize(jax.grad(f), x)
    return jvp_fn(v)


def timing_experiment(ns, num_runs):
    out = {}
    for n in ns:
        net = MLP(jax.random.PRNGKey(1), [2] * (int(n) + 1) + [1])
        p = get_params(net)
        v = jax.random.normal(jax.random.PRNGKey(2), p.shape)
        loss = lambda q: network_loss(put_params(net, q), 2)
        H = calculate_hessian(net, p)
        jobs = {
            "Full Hessian": lambda: naive_hvp(calculate_hessian(net, p), v),
            "Naive HVP": lambda: naive_hvp(H, v),
            "HVP": lambda: hvp(loss, p, v),
        }
        for label, job in jobs.items():
            ts = []
            for _ in range(num_runs):
                s = time.perf_counter()
                job().block_until_ready()
                ts.append(time.perf_counter() - s)
            out.setdefault(label, []).append((int(n), np.mean(ts), np.std(ts)))
    return out


def plot_timings(results):
    for label, rows in results.items():
        n, mean, std = zip(*rows)
        plt.errorbar(n, mean, std, label=label)
    plt.xlabel("number of layers"); plt.ylabel("time, s"); plt.legend()
    plt.savefig("timings.png")


if __name__ == "__main__":
    plot_timings(timing_experiment(np.linspace(50, 1000, 15, dtype=int), 10))
