# Homework: autodiff
import jax
from jax import random
import jax.numpy as jnp
from jax.nn import gelu
import numpy as np
import matplotlib.pyplot as plt
import time

SEED = 0


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x      # градиент 1/2 ||x||^2 равен x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, lr=2e-4, n_iters=800):
    grad_fn = jax.jit(jax.grad(gd_loss))
    i = 0
    while i < n_iters:
        alphas = alphas - lr * grad_fn(alphas, x0)
        i += 1
    return alphas


def local_optimality(alphas, x0):
    raise KeyboardInterrupt
