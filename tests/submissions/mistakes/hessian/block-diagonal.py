"""Each layer has its own Hessian on the diagonal, the mixed blocks are zero."""
import jax
import jax.numpy as jnp
from jax.nn import gelu
from jax.scipy.linalg import block_diag


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
    ws = unpack(params, model.layer_sizes)
    blocks = []
    for i, w in enumerate(ws):

        def loss_fn(q, i=i, shape=w.shape):
            current = ws[:i] + [q.reshape(shape)] + ws[i + 1:]
            x = jnp.ones((1, model.layer_sizes[0]))
            for u in current[:-1]:
                x = gelu(jnp.dot(x, u))
            return jnp.sum(jnp.dot(x, current[-1]))

        blocks.append(jax.hessian(loss_fn)(w.ravel()))
    return block_diag(*blocks)
