"""The loss lacks the factor one half, so that the gradient is twice as large."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=3e-4, num_steps=1000):
    dL = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * dL(alphas, x0)
    return alphas
