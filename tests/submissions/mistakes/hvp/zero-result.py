"""The gradient is a constant when it is differentiated, so that the result is zero."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    g = jax.grad(f)(x)
    # второй раз дифференцируем уже скаляр
    return jax.grad(lambda y: jnp.vdot(g, v))(x)
