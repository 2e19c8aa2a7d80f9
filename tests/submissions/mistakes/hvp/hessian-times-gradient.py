"""The Hessian is multiplied by the gradient instead of v."""
import jax


def hvp(f, x, v):
    g, pullback = jax.vjp(jax.grad(f), x)
    return pullback(g)[0]
