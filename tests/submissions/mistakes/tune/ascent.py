"""The step sizes go up the gradient."""
import jax
import jax.numpy as jnp
from tqdm.auto import tqdm


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas + beta * g(alphas, x0)   # шаг по градиенту
    return alphas
