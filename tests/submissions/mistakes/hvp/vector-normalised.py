"""The vector is divided by its norm."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    d = v / jnp.sqrt(jnp.sum(v ** 2))
    along = lambda t: jax.grad(f)(x + t * d)
    return jax.jacfwd(along)(0.0)
