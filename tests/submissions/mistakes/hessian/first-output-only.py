"""The loss is the first output only."""
import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import gelu


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (n_in, n_out))
            for k, n_in, n_out in zip(keys, layer_sizes[:-1], layer_sizes[1:])
        ]

    def forward(self, x):
        *hidden, last = self.weights
        for w in hidden:
            x = gelu(x @ w)
        return x @ last

    def get_params(self):
        return jnp.hstack([w.reshape(-1) for w in self.weights])


def to_matrices(flat, sizes):
    shapes = list(zip(sizes[:-1], sizes[1:]))
    cuts = np.cumsum([a * b for a, b in shapes])[:-1]
    return [part.reshape(s) for part, s in zip(jnp.split(flat, cuts), shapes)]


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        *hidden, last = to_matrices(p, model.layer_sizes)
        for w in hidden:
            x = gelu(x @ w)
        return (x @ last)[0, 0]   # a scalar for jax.hessian

    return jax.hessian(loss_fn)(params)
