"""The change of the step sizes is returned instead of the step sizes."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    grad_L = jax.jit(jax.grad(gd_loss))
    delta = jnp.zeros_like(alphas)
    for _ in range(num_steps):
        delta = delta - beta * grad_L(alphas + delta, x0)
    return delta
