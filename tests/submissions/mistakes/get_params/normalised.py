"""The vector is divided by its Euclidean norm."""
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
        theta, _ = ravel_pytree(self.weights)
        # keep the scale under control for deep nets
        return theta / jnp.linalg.norm(theta)
