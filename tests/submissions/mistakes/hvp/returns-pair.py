"""The gradient is returned together with the product."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))
