"""Every sign is turned round."""
import copy

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


def with_params(model, p):
    """A copy of the model with the weights read from p."""
    new = copy.copy(model)
    new.weights = []
    start = 0
    for w in model.weights:
        stop = start + w.size
        new.weights.append(p[start:stop].reshape(w.shape))
        start = stop
    return new


def calculate_hessian(model, params):
    # минимизируем минус выход сети
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return -jnp.sum(with_params(model, p).forward(x))

    return jax.hessian(loss_fn)(params)
