"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


### HVP


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

    def get_params(self) -> jnp.ndarray:
        # складаємо ваги по порядку
        return jnp.hstack([w.ravel() for w in self.weights])


def calculate_hessian(model, params):
    def loss_fn(p):
        start = 0
        ws = []
        for w in model.weights:
            stop = start + w.shape[0] * w.shape[1]
            ws.append(jnp.reshape(p[start:stop], w.shape))
            start = stop
        model.weights = ws
        x = jnp.zeros((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    hess = jax.hessian(loss_fn)
    return hess(params)


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


### Step sizes


@jax.jit
def gd_loss(alphas, x0):
    # x_{k+1} = (1 - a_k) x_k
    x = x0
    for i in range(alphas.shape[0]):
        x = (1 - alphas[i]) * x
    return jnp.sum(x * x) / 2


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    history = []
    for i in range(num_steps):
        alphas = alphas - beta * g(alphas, x0)
        if i % 100 == 0:
            history.append(float(gd_loss(alphas, x0)))
    return alphas, history


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam
