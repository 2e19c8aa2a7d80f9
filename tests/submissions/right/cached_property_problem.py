from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np


class Problem:
    def __init__(self, x0):
        self.x0 = x0
        self.evaluations = 0

    @cached_property
    def square(self):
        return jnp.sum(self.x0**2)

    def loss(self, alphas):
        self.evaluations += 1
        return 0.5 * self.square * jnp.prod(1 - alphas) ** 2

    @cached_property
    def grad(self):
        return jax.grad(self.loss)

    @cached_property
    def hess(self):
        return jax.jit(jax.hessian(self.loss))


problems = {}


def problem(x0):
    key = np.asarray(x0).tobytes()
    if key not in problems:
        problems[key] = Problem(x0)
    return problems[key]


def gd_loss(alphas, x0):
    return Problem(x0).loss(alphas)


def tune_step_sizes(alphas, x0, beta=8e-4, num_steps=400):
    p = problem(x0)
    for _ in range(num_steps):
        alphas = alphas - beta * p.grad(alphas)
    return alphas, p.evaluations


def local_optimality(alphas, x0):
    p = problem(x0)
    return float(jnp.sqrt(jnp.sum(p.grad(alphas) ** 2))), jnp.linalg.eigvalsh(p.hess(alphas))
