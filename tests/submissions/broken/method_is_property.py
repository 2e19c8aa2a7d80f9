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

    @property
    def get_params(self):
        return jnp.concatenate([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = np.cumsum([a * b for a, b in shapes])[:-1]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)
    model = MLP(jax.random.PRNGKey(0), [2, 2, 2, 1])
    p = model.get_params()
    print(p.shape)
    print(calculate_hessian(model, p))
