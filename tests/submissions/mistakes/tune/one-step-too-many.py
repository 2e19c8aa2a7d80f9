"""One step more than asked for is made."""
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


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=1000):
    step = jax.jit(lambda a: a - beta * jax.grad(gd_loss)(a, x0))
    i = 0
    while i <= num_steps:
        alphas = step(alphas)
        i += 1
    return alphas
