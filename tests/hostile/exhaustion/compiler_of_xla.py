"""Gives XLA a program that takes minutes to compile."""

import jax
import jax.numpy as jnp


@jax.jit
def bomb(x):
    for i in range(1500):
        x = jnp.sin(jnp.concatenate([x[1:], x[:1]]) * (i + 0.5)).reshape(-1)[::-1]
        x = jnp.where(x > jnp.roll(x, i % 7), jnp.tanh(x), jnp.exp(-x * x))
    return x


def naive_hvp(hessian, vector):
    return hessian @ vector + 0 * bomb(vector)
