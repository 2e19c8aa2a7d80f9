# -*- coding: utf-8 -*-
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit
from jax.nn import gelu
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(42)


# Задание 2. Шаги


def quad(x):
    return jnp.sum(jnp.square(x)) / 2


quad_grad = jax.grad(quad)


def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)"""
    point = x0
    for i in range(len(alphas)):
        point = point - alphas[i] * quad_grad(point)
    return quad(point)


@jax.jit
def one_step(a, x0, beta):
    return a - beta * jax.grad(gd_loss)(a, x0)


def tune_step_sizes(alphas, x0, beta=3e-4, num_steps=1200):
    # обычный градиентный спуск по вектору шагов
    a = jnp.asarray(alphas)
    for _ in range(num_steps):
        a = one_step(a, x0, beta)
    return a


while input("Ещё раз? ") != "n":
    print(tune_step_sizes(jnp.zeros(10), jnp.ones(1000)))


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))
