"""The loss is subtracted instead of its gradient."""
import jax
import jax.numpy as jnp


f = lambda x: jnp.sum(x * x) / 2
df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * df(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=100):
    value_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    for _ in range(num_steps):
        grad, _ = value_and_grad(alphas, x0)
        alphas = alphas - beta * grad
    return alphas
