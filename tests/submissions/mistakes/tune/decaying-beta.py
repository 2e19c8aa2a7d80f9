"""The step beta is divided by the number of the step."""
import jax
import jax.numpy as jnp


def f(x):
    """The function to minimise, (d,) to a scalar."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Return L(alphas) = f(x_10) after ten gradient steps from `x0`, a scalar."""
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    grad_fn = jax.jit(jax.grad(gd_loss))
    for k in range(num_steps):
        lr = beta / (k + 1)
        alphas = alphas - lr * grad_fn(alphas, x0)
    return alphas
