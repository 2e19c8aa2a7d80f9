"""The Hessian is taken at the vector v instead of the point x."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    g_dot_v = lambda y: jnp.vdot(jax.grad(f)(y), v)
    return jax.grad(g_dot_v)(v)
