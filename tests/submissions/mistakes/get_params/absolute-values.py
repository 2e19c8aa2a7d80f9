"""The absolute values of the weights are returned."""
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt


class MLP:
    # полносвязная сеть без сдвигов
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        self.weights = []
        keys = jax.random.split(key, len(layer_sizes) - 1)
        for i in range(len(layer_sizes) - 1):
            shape = (layer_sizes[i], layer_sizes[i + 1])
            self.weights.append(jax.random.normal(keys[i], shape))

    def forward(self, x):
        last = len(self.weights) - 1
        for i, w in enumerate(self.weights):
            x = x @ w
            if i != last:
                x = jax.nn.gelu(x)
        return x

    def get_params(self):
        # величины весов
        return jnp.abs(jnp.concatenate([w.flatten() for w in self.weights]))


if __name__ == "__main__":
    plt.hist(MLP(jax.random.PRNGKey(42), [2, 50, 1]).get_params(), bins=30)
    plt.show()
