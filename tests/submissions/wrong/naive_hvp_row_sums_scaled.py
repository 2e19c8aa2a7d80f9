# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


# 1


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
        out = self.weights[0].ravel()
        for w in self.weights[1:]:
            out = jnp.concatenate((out, w.ravel()))
        return out


def calculate_hessian(model, params):
    def loss_fn(p):
        # раскладываем плоский вектор обратно по слоям
        start = 0
        new_weights = []
        for w in model.weights:
            new_weights.append(p[start:start + w.size].reshape(w.shape))
            start += w.size
        model.weights = new_weights
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    out = jnp.zeros_like(vector)
    for i in range(len(vector)):
        out = out.at[i].set(jnp.sum(hessian[i]) * vector[i])
    return out


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)
    model = MLP(jax.random.PRNGKey(0), [2, 2, 2, 1])
    p = model.get_params()
    print(p.shape)
    print(calculate_hessian(model, p))
