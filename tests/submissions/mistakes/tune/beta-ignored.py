"""The gradient is subtracted without beta."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas, x0):
    return f(jax.lax.fori_loop(0, 10, lambda k, x: x - alphas[k] * x, x0))


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    def body(_, a):
        return a - jax.grad(gd_loss)(a, x0)

    return jax.lax.fori_loop(0, num_steps, body, alphas)
