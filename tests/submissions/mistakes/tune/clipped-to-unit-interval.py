"""The step sizes are clipped to [0, 1] after each update."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def project(a):
    """Keep the step sizes where the inner descent converges."""
    return jnp.minimum(jnp.maximum(a, 0.0), 1.0)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    step = jax.jit(lambda a: project(a - beta * jax.grad(gd_loss)(a, x0)))
    for _ in range(num_steps):
        alphas = step(alphas)
    return alphas
