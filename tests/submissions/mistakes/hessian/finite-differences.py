"""The gradient is differentiated by central differences."""
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


def calculate_hessian(model, params):
    x = jnp.ones((1, model.layer_sizes[0]))
    grad = jax.jit(jax.grad(lambda p: jnp.sum(with_params(model, p).forward(x))))
    h = 1e-4
    cols = []
    for i in range(params.shape[0]):
        e = jnp.zeros_like(params).at[i].set(h)
        cols.append((grad(params + e) - grad(params - e)) / (2 * h))
    return jnp.stack(cols, axis=1)
