"""The gradient at the point is returned."""
import jax


def hvp(f, x, v):
    """Forward over reverse."""
    hv, _ = jax.jvp(jax.grad(f), (x,), (v,))
    return hv
