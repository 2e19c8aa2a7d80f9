import jax
import jax.numpy as jnp
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm.auto import tqdm
from jax.nn import gelu


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
    from jax.flatten_util import ravel_pytree
    _, unravel = ravel_pytree(model.weights)

    def loss_fn(p):
        model.weights = unravel(p)
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.mean(model.forward(x))

    w0 = model.weights
    H = jax.hessian(loss_fn)(params)
    model.weights = w0
    return H


def naive_hvp(H, v):
    return jnp.tensordot(H, v, axes=1)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


# 2


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


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))
