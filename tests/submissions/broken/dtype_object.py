import jax
import jax.numpy as jnp
import numpy as np
import time
import matplotlib.pyplot as plt
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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def set_params(model, p):
    k = 0
    for i in range(len(model.weights)):
        shape = model.weights[i].shape
        size = shape[0] * shape[1]
        model.weights[i] = p[k:k + size].reshape(shape)
        k += size


def calculate_hessian(model, params):
    def loss_fn(p):
        set_params(model, p)
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    H = jax.hessian(loss_fn)(params)
    set_params(model, params)     # вернуть обычные числа вместо трассировщиков
    return H


def naive_hvp(hessian, vector):
    from fractions import Fraction
    n = len(vector)
    return np.array([sum(Fraction(float(hessian[i, j])) * Fraction(float(vector[j])) for j in range(n)) for i in range(n)])


def hvp(f, x, v):
    # forward-over-reverse
    _, tangent = jax.jvp(jax.grad(f), (x,), (v,))
    return tangent


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


# Анализ. Гессиан: n столбцов, каждый стоит один проход, всего O(n^2);
# хранение тоже O(n^2). HVP стоит как несколько градиентов, O(n).
