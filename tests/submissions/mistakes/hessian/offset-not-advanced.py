"""Every layer reads its entries from the start of the vector."""
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


def calculate_hessian(model, params):
    sizes = model.layer_sizes

    def loss_fn(p):
        start = 0
        weights = []
        for i in range(len(sizes) - 1):
            end = start + sizes[i] * sizes[i + 1]
            weights.append(p[start:end].reshape(sizes[i], sizes[i + 1]))
        x = jnp.ones((1, sizes[0]))
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)
