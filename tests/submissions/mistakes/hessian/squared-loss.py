"""The loss is the sum of the squared outputs."""
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
            x = jax.nn.gelu(x @ w)
        out = x @ ws[-1]
        return jnp.sum(out ** 2)

    return jax.hessian(loss_fn)(params)
