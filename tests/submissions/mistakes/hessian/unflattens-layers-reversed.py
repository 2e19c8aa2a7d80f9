"""The vector is read from the last layer to the first."""
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
        # все веса подряд, по строкам
        parts = []
        for w in self.weights:
            parts.append(w.flatten())
        return jnp.concatenate(parts)


def calculate_hessian(model, params):
    def loss_fn(p):
        weights = []
        pos = 0
        for w in reversed(model.weights):
            weights.append(p[pos:pos + w.size].reshape(w.shape))
            pos += w.size
        weights = weights[::-1]

        x = jnp.ones((1, model.layer_sizes[0]))
        for w in weights[:-1]:
            x = jax.nn.gelu(x @ w)
        return (x @ weights[-1]).sum()

    return jax.hessian(loss_fn)(params)
