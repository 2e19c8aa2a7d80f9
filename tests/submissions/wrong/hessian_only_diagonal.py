"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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
        flat = []
        for layer in self.weights:
            flat.append(layer.reshape(-1))
        return jnp.hstack(flat)


def calculate_hessian(model, params):
    def loss_fn(p):
        ws, i = [], 0
        for w in model.weights:
            ws.append(p[i:i + w.size].reshape(w.shape))
            i += w.size
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in ws[:-1]:
            x = gelu(x @ w)
        return (x @ ws[-1]).sum()

    g = jax.grad(loss_fn)
    # вторая производная по каждому параметру
    second = [jax.grad(lambda q, i=i: g(q)[i])(params)[i] for i in range(len(params))]
    return jnp.diag(jnp.stack(second))


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


# 2


def f(x):
    return 0.5 * jnp.dot(x, x)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, lr=2e-4, n_iters=800):
    grad_fn = jax.jit(jax.grad(gd_loss))
    i = 0
    while i < n_iters:
        alphas = alphas - lr * grad_fn(alphas, x0)
        i += 1
    return alphas


def local_optimality(alphas, x0):
    """Норма градиента и спектр гессиана (по возрастанию)."""
    grad_norm = jnp.sqrt(jnp.sum(jax.grad(gd_loss)(alphas, x0) ** 2))
    eigs, _ = jnp.linalg.eigh(jax.hessian(gd_loss)(alphas, x0))
    return grad_norm, eigs
