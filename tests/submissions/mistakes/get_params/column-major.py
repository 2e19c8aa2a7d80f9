"""Each matrix is flattened column by column."""
import jax
from jax import numpy as jnp
from jax.nn import gelu
import numpy as np


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
        # one column of W = all weights going into one neuron
        return jnp.concatenate([W.T.ravel() for W in self.weights])


if __name__ == "__main__":
    m = MLP(jax.random.PRNGKey(0), [2, 3, 1])
    print(m.get_params().shape)
