"""The right answer in JAX, in several formulations: equal on paper, different in rounding.

Nothing here names a dtype, so that the same code computes in either precision. No student's code
ever sees this file.
"""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax import Array


def value(a: Array, b: Array, x: Array) -> Array:
    """The function itself, f(x) = log sum_i exp(<a_i, x> + b_i): a number, shape ()."""
    return jax.nn.logsumexp(jnp.matmul(a, x) + b)


def by_hand(a: Array, b: Array, x: Array) -> Array:
    """By the chain rule: the rows of `a`, weighted by the softmax."""
    return jnp.matmul(jax.nn.softmax(jnp.matmul(a, x) + b), a)


FORMULATIONS: Mapping[str, Callable[[Array, Array, Array], Array]] = {
    "reverse mode": jax.grad(value, argnums=2),
    "forward mode": jax.jacfwd(value, argnums=2),
    "by hand": by_hand,
}
"""For `a` of shape (m, n), `b` of shape (m,) and `x` of shape (n,): the gradient, shape (n,)."""
