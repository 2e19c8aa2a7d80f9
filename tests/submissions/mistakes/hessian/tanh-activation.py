"""The forward pass is rewritten with tanh."""
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


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(p[pos:pos + n_in * n_out].reshape(n_in, n_out))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        ws = unpack(p, model.layer_sizes)
        for w in ws[:-1]:
            x = jnp.tanh(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, ws[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)
