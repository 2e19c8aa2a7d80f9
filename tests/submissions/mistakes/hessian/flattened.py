"""The numbers are right, but the shape is (n * n,)."""
import copy

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
        ### YOUR CODE HERE ###
        return jnp.concatenate([jnp.reshape(w, (-1,)) for w in self.weights], axis=0)


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
    """Return the Hessian of the loss at `params`, shape (n, n)."""

    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(with_params(model, p).forward(x))

    rows = jax.hessian(loss_fn)(params)
    return jnp.concatenate([row for row in rows])


if __name__ == "__main__":
    model = MLP(jax.random.PRNGKey(0), [2, 2, 1])
    print(calculate_hessian(model, model.get_params()))
