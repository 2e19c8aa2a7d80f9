"""The values at the start and after all ten steps are summed."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    trajectory = [x0]
    for k in range(10):
        x = trajectory[k]
        trajectory.append(x - alphas[k] * x)
    return sum(map(f, trajectory))
