"""The right answers of the assignment `step_size`: ten gradient steps, and descent on their sizes.

Nothing here names a dtype: every function computes in the floating dtype of its array arguments.
The formulas on paper, which share no code with this module, are in `step_size_closed_form`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

Loss: TypeAlias = Callable[[ArrayLike, ArrayLike], Array]
"""A function like `gd_loss`: step sizes (k,) and a start (d,) to a scalar ()."""


def f(x: ArrayLike) -> Array:
    """The function that the inner descent minimises: 1/2 ||x||^2.

    Args:
        x: Shape (d,), floating dtype.

    Returns:
        Shape (), dtype of `x`.
    """
    return 0.5 * jnp.vdot(x, x)


def gd_loss(alphas: ArrayLike, x0: ArrayLike) -> Array:
    """The value L(alpha) = f(x_k) reached by k steps x <- x - alpha_i grad f(x) from x_0.

    Args:
        alphas: Shape (k,), the step sizes in the order of use; any k.
        x0: Shape (d,), the start, same floating dtype.

    Returns:
        Shape (), same dtype.
    """
    return f(jax.lax.scan(_inner_step, jnp.asarray(x0), jnp.asarray(alphas))[0])


def gd_loss_by_scaling(alphas: ArrayLike, x0: ArrayLike) -> Array:
    """As `gd_loss`, each step as a product with 1 - alpha_i, unrolled."""
    x = jnp.asarray(x0)
    for alpha in jnp.asarray(alphas):
        x = (1 - alpha) * x
    return jnp.sum(x**2) / 2


def gd_loss_from_last(alphas: ArrayLike, x0: ArrayLike) -> Array:
    """As `gd_loss`, with the steps in reverse, which is equal because they commute."""
    return gd_loss(jnp.flip(jnp.asarray(alphas)), x0)


def tune_step_sizes(
    alphas: ArrayLike,
    x0: ArrayLike,
    beta: float,
    num_steps: int,
    *,
    loss: Loss = gd_loss,
) -> Array:
    """The step sizes after plain gradient descent, alpha <- alpha - beta dL/dalpha.

    Args:
        alphas: Shape (k,), the step sizes at the start.
        x0: Shape (d,), the inner descent's start, same floating dtype.
        beta: The constant step size of the outer descent.
        num_steps: How many outer steps; 0 returns the start.
        loss: L, to be taken from `GD_LOSSES`: one compilation for each.

    Returns:
        Shape (k,), same dtype.
    """
    alphas, x0 = jnp.asarray(alphas), jnp.asarray(x0)
    tuned: Array = _descend(loss, alphas, x0, jnp.asarray(beta, alphas.dtype), num_steps)
    return tuned


def local_optimality(
    alphas: ArrayLike, x0: ArrayLike, *, loss: Loss = gd_loss
) -> tuple[Array, Array]:
    """Numerical evidence on first- and second-order optimality of L at `alphas`.

    Args:
        alphas: Shape (k,), the point.
        x0: Shape (d,), the inner descent's start, same floating dtype.
        loss: L, to be taken from `GD_LOSSES`.

    Returns:
        The Euclidean norm of dL/dalpha, shape (); the eigenvalues of the Hessian of L in
        ascending order, shape (k,). Both of the arguments' dtype.
    """
    evidence: tuple[Array, Array] = _evidence(loss, jnp.asarray(alphas), jnp.asarray(x0))
    return evidence


GD_LOSSES: Mapping[str, Loss] = MappingProxyType(
    {"scan": gd_loss, "scaling": gd_loss_by_scaling, "from-last": gd_loss_from_last}
)
"""Equivalent formulations of `gd_loss`; the first is the reference."""


def _inner_step(x: Array, alpha: Array) -> tuple[Array, None]:
    """One step on `f`, as a body for `jax.lax.scan`."""
    return x - alpha * jax.grad(f)(x), None


@partial(jax.jit, static_argnums=0)
def _descend(loss: Loss, alphas: Array, x0: Array, beta: Array, num_steps: int) -> Array:
    """Run the outer descent; compiled once per loss, shape and dtype, for any `num_steps`."""

    def step(_: int, point: Array) -> Array:
        gradient: Array = jax.grad(loss)(point, x0)
        return point - beta * gradient

    tuned: Array = jax.lax.fori_loop(0, num_steps, step, alphas)
    return tuned


@partial(jax.jit, static_argnums=0)
def _evidence(loss: Loss, alphas: Array, x0: Array) -> tuple[Array, Array]:
    """Compute what `local_optimality` returns; compiled once per loss, shape and dtype."""
    gradient, hessian = jax.grad(loss)(alphas, x0), jax.jacfwd(jax.grad(loss))(alphas, x0)
    return jnp.linalg.norm(gradient), jnp.linalg.eigvalsh(hessian)
