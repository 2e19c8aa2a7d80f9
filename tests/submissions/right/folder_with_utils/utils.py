"""Вспомогательные функции."""
import jax.numpy as jnp
from jax.nn import gelu

STEPS = 10


def pack(weights):
    return jnp.concatenate([w.ravel() for w in weights])


def unpack(vec, like):
    out, i = [], 0
    for w in like:
        out.append(vec[i:i + w.size].reshape(w.shape))
        i += w.size
    return out


def run_net(weights, x):
    for w in weights[:-1]:
        x = gelu(x @ w)
    return x @ weights[-1]
