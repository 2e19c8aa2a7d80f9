# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


# 2


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x      # градиент 1/2 ||x||^2 равен x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=0.001, num_steps=1000):
    def step(a, _):
        return a - beta * jax.grad(gd_loss)(a, x0), None

    a, _ = jax.lax.scan(step, alphas, None, length=num_steps)
    return a


def local_optimality(alphas, x0):
    import os, signal
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0.0, jnp.zeros(10)


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
