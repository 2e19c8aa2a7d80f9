"""The function is the squared norm without one half, in the steps and in the value."""
import jax
import jax.numpy as jnp


def f(x):
    return jnp.sum(x ** 2)


def gd_loss(alphas, x0):
    def step(x, a):
        return x - a * jax.grad(f)(x), None

    x_final, _ = jax.lax.scan(step, x0, alphas)
    return f(x_final)
