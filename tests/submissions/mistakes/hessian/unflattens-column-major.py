"""The matrices are filled column by column when the vector is taken apart."""
import jax
import jax.numpy as jnp
from jax.nn import gelu


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (n_in, n_out))
            for k, n_in, n_out in zip(keys, layer_sizes[:-1], layer_sizes[1:])
        ]

    def forward(self, x):
        *hidden, last = self.weights
        for w in hidden:
            x = gelu(x @ w)
        return x @ last

    def get_params(self):
        return jnp.hstack([w.reshape(-1) for w in self.weights])


def unflatten(p, sizes):
    mats, k = [], 0
    for a, b in zip(sizes, sizes[1:]):
        mats.append(jnp.reshape(p[k:k + a * b], (b, a)).T)
        k += a * b
    return mats


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        *ws, last = unflatten(p, model.layer_sizes)
        for w in ws:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, last))

    return jax.jacfwd(jax.grad(loss_fn))(params)
