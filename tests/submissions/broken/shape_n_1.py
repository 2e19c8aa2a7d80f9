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

    def get_params(self):
        from jax.flatten_util import ravel_pytree
        return ravel_pytree(self.weights)[0]


def calculate_hessian(model, params):
    original = list(model.weights)

    def loss_fn(p):
        used = 0
        for i, w in enumerate(original):
            model.weights[i] = p[used: used + w.size].reshape(w.shape)
            used = used + w.size
        return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))

    try:
        return jax.jacrev(jax.jacrev(loss_fn))(params)
    finally:
        model.weights = original


def naive_hvp(hessian, vector):
    return hessian @ vector.reshape(-1, 1)


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


### Step sizes


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * x, None

    x_last, _ = jax.lax.scan(step, x0, alphas)
    return 0.5 * jnp.vdot(x_last, x_last)


def tune_step_sizes(alphas, x0, beta=8e-4, num_steps=600):
    dloss = jax.jit(jax.grad(gd_loss))
    trace = [alphas]
    for _ in range(num_steps):
        trace.append(trace[-1] - beta * dloss(trace[-1], x0))
    return trace[-1], jnp.stack(trace)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)
