"""The steps use half the gradient."""
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def df(x):
    return 0.5 * x


def gd_loss(alphas, x0):
    points = [x0]
    for alpha in alphas:
        points.append(points[-1] - alpha * df(points[-1]))
    return f(points[-1])
