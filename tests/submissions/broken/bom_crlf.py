"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


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


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(jnp.reshape(p[pos:pos + n_in * n_out], (n_in, n_out)))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        weights = unpack(p, model.layer_sizes)
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    """Произведение гессиана f в точке x на v без построения матрицы."""
    g = jax.grad(f)
    _, pull = jax.vjp(g, x)
    return pull(v)[0]


def gd_loss(alphas, x0):
    # x_10 = prod(1 - a_k) * x_0, поэтому цикл не нужен
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.sum(x0 ** 2)


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


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
