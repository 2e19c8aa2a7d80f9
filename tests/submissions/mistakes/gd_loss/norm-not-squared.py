"""The value is half the norm, not half its square."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for i in range(10):
        x = x - alphas[i] * x     # градиент f равен x
    return 0.5 * jnp.linalg.norm(x)
