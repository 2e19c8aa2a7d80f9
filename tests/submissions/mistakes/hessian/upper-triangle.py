"""Only the upper triangle is filled."""
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


def layers_of(p, sizes):
    # достаём матрицы из вектора одну за другой
    for rows, cols in zip(sizes[:-1], sizes[1:]):
        yield p[:rows * cols].reshape((rows, cols))
        p = p[rows * cols:]


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        *hidden, last = layers_of(p, model.layer_sizes)
        for w in hidden:
            x = jax.nn.gelu(x @ w)
        return jnp.sum(x @ last)

    full = jax.hessian(loss_fn)(params)
    n = params.shape[0]
    H = jnp.zeros((n, n), dtype=full.dtype)
    for i in range(n):
        H = H.at[i, i:].set(full[i, i:])   # смешанные производные только один раз
    return H
