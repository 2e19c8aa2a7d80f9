"""The gradient is differentiated by forward differences."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    eps = 1e-4
    grad_f = jax.grad(f)
    return (grad_f(x + eps * v) - grad_f(x)) / eps
