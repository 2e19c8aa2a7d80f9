"""The step sizes are clipped to [0, 0.1] after each update."""
import jax
import jax.numpy as jnp


f = lambda x: jnp.sum(x * x) / 2
df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * df(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = jnp.clip(alphas - beta * g(alphas, x0), 0, 0.1)
    return alphas
