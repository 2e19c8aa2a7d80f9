"""The loss is half the sum of the squared outputs."""
import copy

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
        """All weights, first layer first, row-major."""
        return jnp.concatenate(list(map(jnp.ravel, self.weights)))


def with_params(model, p):
    """A copy of the model with the weights read from p."""
    new = copy.copy(model)
    new.weights = []
    start = 0
    for w in model.weights:
        stop = start + w.size
        new.weights.append(p[start:stop].reshape(w.shape))
        start = stop
    return new


def loss(p, model):
    out = with_params(model, p).forward(jnp.ones((1, model.layer_sizes[0])))
    return 0.5 * jnp.vdot(out, out)


def calculate_hessian(model, params):
    return jax.hessian(loss)(params, model)
