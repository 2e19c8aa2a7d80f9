"""The coordinates are updated in turn, each with a new gradient."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=200):
    @jax.jit
    def sweep(a):
        for i in range(10):
            g = jax.grad(gd_loss)(a, x0)
            a = a.at[i].set(a[i] - beta * g[i])
        return a

    for _ in range(num_steps):
        alphas = sweep(alphas)
    return alphas
