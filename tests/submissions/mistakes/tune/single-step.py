"""The return inside the loop ends it after one step."""
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


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
    """Return the step sizes after `num_steps` gradient steps on L, shape (10,)."""
    grad_fn = jax.jit(jax.grad(gd_loss))
    for step in range(num_steps):
        alphas = alphas - beta * grad_fn(alphas, x0)
        return alphas
