"""The constant beta is divided by the number of steps."""
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


def tune_step_sizes(alphas, x0, beta=0.5, num_steps=1000):
    lr = beta / num_steps
    grad_fn = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - lr * grad_fn(alphas, x0)
    return alphas
