# Домашнее задание по автоматическому дифференцированию
import time
import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu
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

    def get_params(self):
        out = self.weights[0].ravel()
        for w in self.weights[1:]:
            out = jnp.concatenate((out, w.ravel()))
        return out


def calculate_hessian(model, params):
    original = list(model.weights)

    def loss_fn(p):
        used = 0
        for i, w in enumerate(original):
            model.weights[i] = p[used: used + w.size].reshape(w.shape)
            used = used + w.size
        return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))

    try:
        return jax.jacrev(jax.jacrev(loss_fn))(params)
    finally:
        model.weights = original


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


def timing_experiment(ns, num_runs):
    results = {"n": [], "full": [], "naive": [], "hvp": []}
    for n in ns:
        model = MLP(jax.random.PRNGKey(0), [2] * (int(n) + 1) + [1])
        params = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), params.shape)
        weights = model.weights

        def loss(p):
            out, pos = jnp.ones((1, 2)), 0
            for i, w in enumerate(weights):
                out = out @ p[pos:pos + w.size].reshape(w.shape)
                pos += w.size
                if i + 1 < len(weights):
                    out = gelu(out)
            return jnp.sum(out)

        t_full, t_naive, t_hvp = [], [], []
        for _ in range(num_runs):
            t = time.perf_counter()
            H = calculate_hessian(model, params)
            naive_hvp(H, v).block_until_ready()
            t_full.append(time.perf_counter() - t)
            model.weights = weights
            t = time.perf_counter()
            naive_hvp(H, v).block_until_ready()
            t_naive.append(time.perf_counter() - t)
            t = time.perf_counter()
            hvp(loss, params, v).block_until_ready()
            t_hvp.append(time.perf_counter() - t)
        results["n"].append(int(n))
        results["full"].append((np.mean(t_full), np.std(t_full)))
        results["naive"].append((np.mean(t_naive), np.std(t_naive)))
        results["hvp"].append((np.mean(t_hvp), np.std(t_hvp)))
    return results


def plot_timings(results):
    plt.figure(figsize=(8, 5))
    for name, label in [("full", "Гессиан + произведение"), ("naive", "Только произведение"), ("hvp", "HVP")]:
        m, s = np.array(results[name]).T
        plt.errorbar(results["n"], m, yerr=s, label=label, capsize=3)
    plt.xlabel("Количество слоёв")
    plt.ylabel("Время вычисления (секунды)")
    plt.yscale("log")
    plt.legend()
    plt.show()


def gd_loss(alphas, x0):
    body = lambda k, x: x * (1.0 - alphas[k])
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x10 ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-6, num_steps=50):
    g = jax.grad(gd_loss)(alphas, x0)
    for i in range(num_steps):
        alphas = alphas - beta * g
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
