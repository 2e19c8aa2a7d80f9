"""The point and the vector are exchanged."""
import jax


def _product(f, vector, point):
    _, pullback = jax.vjp(jax.grad(f), point)
    return pullback(vector)[0]


def hvp(f, x, v):
    return _product(f, x, v)
