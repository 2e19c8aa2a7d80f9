"""The last layer keeps the model's own weights."""
import jax
import jax.numpy as jnp
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


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(p[pos:pos + n_in * n_out].reshape(n_in, n_out))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in unpack(p, model.layer_sizes)[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, model.weights[-1]))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)
