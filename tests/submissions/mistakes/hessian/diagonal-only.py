"""Only the diagonal of the matrix is kept."""
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
        ws = unpack(p, model.layer_sizes)
        for w in ws[:-1]:
            x = gelu(x @ w)
        return jnp.sum(x @ ws[-1])

    def second(e):
        # d^2 loss / dp_i^2
        return jnp.vdot(e, jax.jvp(jax.grad(loss_fn), (params,), (e,))[1])

    basis = jnp.eye(params.shape[0], dtype=params.dtype)
    return jnp.diag(jax.vmap(second)(basis))
