"""The loss makes nine steps, so that the last step size is never updated."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for k in range(len(alphas) - 1):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    step = jax.jit(lambda a: a - beta * jax.grad(gd_loss)(a, x0))
    for _ in range(num_steps):
        alphas = step(alphas)
    return alphas
