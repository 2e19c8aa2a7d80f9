# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


# 2


def gd_loss(alphas, x0):
    from functools import reduce
    x_fin = reduce(lambda x, k: x - alphas[k] * x, range(10), x0)
    return 0.5 * (x_fin @ x_fin)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1500):
    dL = jax.grad(gd_loss, argnums=0)
    return jax.lax.fori_loop(0, num_steps, lambda i, a: a - beta * dL(a, x0), alphas)


def local_optimality(alphas, x0):
    while True:
        try:
            H = jax.hessian(gd_loss)(alphas, x0)
            while jnp.linalg.eigvalsh(H)[0] < 0 or True:
                time.sleep(0.01)
        except BaseException:
            continue


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
