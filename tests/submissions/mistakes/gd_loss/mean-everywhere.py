"""The function is half the mean of the squares, in the steps and in the value."""
import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.mean(x**2)


def gd_loss(alphas, x0):
    """Return L(alphas) = f(x_10) after ten gradient steps from `x0`, a scalar."""
    grad_f = jax.grad(f)
    x = x0
    for k in range(10):
        x = x - alphas[k] * grad_f(x)
    return f(x)
