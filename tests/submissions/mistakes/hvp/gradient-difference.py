"""The difference of the gradients at x + v and at x is returned."""
from jax import grad


def hvp(f, x, v):
    """How the gradient changes when we move by v."""
    df = grad(f)
    return df(x + v) - df(x)
