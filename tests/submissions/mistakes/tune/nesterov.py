"""Nesterov momentum of 0.9 is used."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    mu = 0.9

    def body(carry, _):
        a, v = carry
        g = jax.grad(gd_loss)(a + mu * v, x0)  # look ahead
        v = mu * v - beta * g
        return (a + v, v), None

    (a, _), _ = jax.lax.scan(body, (alphas, jnp.zeros_like(alphas)), None, length=num_steps)
    return a
