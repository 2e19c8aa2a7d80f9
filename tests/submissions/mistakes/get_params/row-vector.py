"""The numbers are right, but the shape is (1, n)."""
import jax
import jax.numpy as jnp


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
        rows = [jnp.reshape(W, (1, -1)) for W in self.weights]
        return jnp.concatenate(rows, axis=1)


if __name__ == "__main__":
    net = MLP(jax.random.key(1), (3, 4, 2))
    print(net.get_params())
