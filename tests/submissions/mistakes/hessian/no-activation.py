"""The activation is forgotten and the network is linear."""
import functools

import jax
import jax.numpy as jnp
from jax.nn import gelu


class MLP:
    """A multilayer perceptron without biases; the activation is GELU."""

    def __init__(self, key, layer_sizes):
        """Draw one N(0, 1) matrix for each pair of neighbouring layer sizes."""
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x):
        """Map a batch (batch, layer_sizes[0]) to the outputs (batch, layer_sizes[-1])."""
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        """Return all weights as one flat vector of shape (n,)."""
        return jnp.concatenate([w.ravel() for w in self.weights])


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(p[pos:pos + n_in * n_out].reshape(n_in, n_out))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return functools.reduce(jnp.dot, unpack(p, model.layer_sizes), x).sum()

    return jax.hessian(loss_fn)(params)
