"""A heavy-ball momentum of 0.9 is used."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x ** 2)


def gd_loss(alphas, x0):
    grad_f = jax.grad(f)

    def step(x, alpha):
        return x - alpha * grad_f(x), None

    x, _ = jax.lax.scan(step, x0, alphas)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-4, num_steps=1000):
    grad_fn = jax.jit(jax.grad(gd_loss))
    velocity = jnp.zeros_like(alphas)
    for _ in range(num_steps):
        velocity = 0.9 * velocity - beta * grad_fn(alphas, x0)
        alphas = alphas + velocity
    return alphas
