"""The values after the ten steps are averaged."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    def step(x, alpha):
        x = x - alpha * x
        return x, 0.5 * jnp.vdot(x, x)

    _, losses = jax.lax.scan(step, x0, alphas)
    return losses.mean()
