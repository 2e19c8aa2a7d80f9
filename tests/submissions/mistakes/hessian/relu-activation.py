"""The forward pass is rewritten with relu."""
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


def apply(ws, x):
    for w in ws[:-1]:
        x = jax.nn.relu(x @ w)
    return x @ ws[-1]


def calculate_hessian(model, params):
    x = jnp.ones((1, model.layer_sizes[0]))

    def loss_fn(p):
        return jnp.sum(apply(to_matrices(p, model.layer_sizes), x))

    return jax.hessian(loss_fn)(params)
