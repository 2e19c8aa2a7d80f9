"""Only the first step size is updated."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    g = jax.jit(jax.grad(gd_loss))
    a = jnp.array(alphas)
    for i in range(num_steps):
        a = a.at[0].add(-beta * g(a, x0)[0])
    return a
