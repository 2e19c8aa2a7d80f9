"""The iterate before the last is returned."""
import jax
import jax.numpy as jnp


f = lambda x: jnp.sum(x * x) / 2
df = jax.grad(f)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * df(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    g = jax.grad(gd_loss)

    def body(a, _):
        return a - beta * g(a, x0), a

    _, trajectory = jax.lax.scan(body, alphas, None, length=num_steps)
    return trajectory[-1]
