"""The gradient of L is found by forward differences."""
import functools

import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(jnp.square(x))


def gd_loss(alphas, x0):
    x_last = functools.reduce(lambda x, a: x - a * x, alphas, x0)
    return f(x_last)


@jax.jit
def num_grad(alphas, x0, eps=1e-6):
    base = gd_loss(alphas, x0)
    shifted = alphas + eps * jnp.eye(10)
    return (jax.vmap(gd_loss, in_axes=(0, None))(shifted, x0) - base) / eps


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    for _ in range(num_steps):
        alphas = alphas - beta * num_grad(alphas, x0)
    return alphas


if __name__ == "__main__":
    key_x0, key_alphas = jax.random.split(jax.random.PRNGKey(0))
    x0 = jax.random.uniform(key_x0, (1000,))
    alphas = jax.random.uniform(key_alphas, (10,), maxval=0.1)
    print("L at the start:", gd_loss(alphas, x0))
    print("tuned:", tune_step_sizes(alphas, x0))
