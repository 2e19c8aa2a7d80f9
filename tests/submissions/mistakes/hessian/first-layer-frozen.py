"""The first layer keeps the model's own weights."""
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
    net = MLP(jax.random.PRNGKey(0), model.layer_sizes)

    def loss_fn(p):
        net.weights = list(model.weights)
        start = model.weights[0].size
        # кладём параметры обратно в сеть
        for i in range(1, len(model.weights)):
            w = model.weights[i]
            net.weights[i] = p[start:start + w.size].reshape(w.shape)
            start += w.size
        return jnp.sum(net.forward(jnp.ones((1, model.layer_sizes[0]))))

    return jax.hessian(loss_fn)(params)
