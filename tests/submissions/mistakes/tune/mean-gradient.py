"""Every step size moves by the mean of the gradient."""
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


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    dL = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        g = dL(alphas, x0).mean()
        alphas = alphas - beta * g
    return alphas
