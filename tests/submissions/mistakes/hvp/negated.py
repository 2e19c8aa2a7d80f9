"""The product has the wrong sign."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    anti_grad = lambda y: -jax.grad(f)(y)
    _, out = jax.jvp(anti_grad, (x,), (v,))
    return out
