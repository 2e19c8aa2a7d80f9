"""The numbers are right, but the shape is (n, 1)."""
import jax
import jax.numpy as jnp


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
        # вектор-столбец параметров
        return jnp.vstack([w.reshape(-1, 1) for w in self.weights])
