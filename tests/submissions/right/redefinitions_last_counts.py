import jax
import jax.numpy as jnp
from jax.nn import gelu

class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1]))
            for i, k in enumerate(keys)
        ]

    def forward(self, x):
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        ### YOUR CODE HERE ###
        return None


def hvp(f, x, v):
    return jax.hessian(f)(x) @ v      # первая попытка, медленно


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))
    return jax.hessian(loss_fn)(params)   # почему-то одни нули?


def get_params(self):
    return jnp.concatenate([w.reshape(-1) for w in self.weights])


MLP.get_params = get_params


def calculate_hessian(model, params):
    # нули, потому что loss_fn не зависел от p. Исправлено:
    def loss_fn(p):
        rest, h = p, jnp.ones((1, model.layer_sizes[0]))
        for number, w in enumerate(model.weights, start=1):
            mine, rest = rest[:w.size], rest[w.size:]
            h = h @ mine.reshape(w.shape)
            if number < len(model.weights):
                h = gelu(h)
        return h.sum()
    return jax.hessian(loss_fn)(params)


def naive_hvp(hessian, vector):
    return None


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    return jax.grad(lambda y: jnp.vdot(jax.grad(f)(y), v))(x)
