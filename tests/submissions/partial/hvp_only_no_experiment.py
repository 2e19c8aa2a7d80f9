import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


# ==== Задача 1 ====


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


@jax.jit
def naive_hvp(hessian, vector):
    return jnp.einsum("ij,j->i", hessian, vector)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)
