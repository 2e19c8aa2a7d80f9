"""Домашнее задание 5, часть 2: шаги спуска"""
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def gd_loss(alphas, x0):
    return 0.5 * jnp.sum((x0 * jnp.prod(1.0 - alphas)) ** 2)


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=3000, print_every=500, tol=1e-2):
    value_and_grad = jax.value_and_grad(gd_loss)
    history = []
    for i in range(num_steps):
        value, g = value_and_grad(alphas, x0)
        history.append(float(value))
        if np.linalg.norm(g) < tol:  # дальше почти не меняется
            print(f"остановились на шаге {i}")
            break
        alphas = alphas - beta * g
        if i % print_every == 0:
            print(i, history[-1])
    return alphas, history


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    h = jax.hessian(gd_loss)(alphas, x0)
    return float(np.linalg.norm(g)), np.linalg.eigvalsh(h)
