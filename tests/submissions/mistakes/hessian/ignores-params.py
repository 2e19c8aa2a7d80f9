"""The loss never uses its argument, so that the Hessian is zero."""
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


def calculate_hessian(model, params):
    """Return the Hessian of the loss at `params`, shape (n, n)."""

    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    ### YOUR CODE HERE ###
    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)
