"""The gradient is divided by its norm."""
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


def tune_step_sizes(alphas, x0, beta=1e-2, num_steps=200):
    @jax.jit
    def step(a):
        g = jax.grad(gd_loss)(a, x0)
        g = g / jnp.linalg.norm(g)   # чтобы не разлетелось
        return a - beta * g

    for _ in range(num_steps):
        alphas = step(alphas)
    return alphas
