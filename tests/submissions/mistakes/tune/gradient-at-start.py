"""The gradient is computed once, before the loop."""
import jax
import jax.numpy as jnp


f = lambda x: jnp.sum(x * x) / 2
df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * df(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-5, num_steps=200):
    g = jax.grad(gd_loss)(alphas, x0)
    for _ in range(num_steps):
        alphas = alphas - beta * g
    return alphas
