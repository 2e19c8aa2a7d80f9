"""The steps use twice the gradient."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    body = lambda k, x: x - alphas[k] * (2 * x)
    x = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x ** 2) / 2


if __name__ == "__main__":
    print(gd_loss(0.05 * jnp.ones(10), jnp.ones(1000)))
