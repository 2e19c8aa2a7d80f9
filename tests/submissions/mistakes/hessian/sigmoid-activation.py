"""The forward pass is rewritten with the sigmoid."""
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        self.weights = [
            jax.random.normal(k, shape)
            for k, shape in zip(
                jax.random.split(key, len(layer_sizes) - 1), zip(layer_sizes, layer_sizes[1:])
            )
        ]

    def forward(self, x):
        h = x
        for W in self.weights[:-1]:
            h = jax.nn.gelu(jnp.matmul(h, W))
        return jnp.matmul(h, self.weights[-1])

    def get_params(self):
        flat, _ = ravel_pytree(self.weights)
        return flat


def calculate_hessian(model, params):
    _, unravel = ravel_pytree(model.weights)
    act = jax.nn.sigmoid

    def loss_fn(p):
        W = unravel(p)
        h = jnp.ones((1, model.layer_sizes[0]))
        for i in range(len(W) - 1):
            h = act(h @ W[i])
        return (h @ W[-1]).sum()

    return jax.hessian(loss_fn)(params)
