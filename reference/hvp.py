"""The right answers of the assignment `hvp`: a small network, its Hessian, and products with it.

Nothing here names a dtype: every function computes in the floating dtype of its array arguments, so
that the same code is exact in float64 and shows what rounding alone does in float32. Each quantity
that is graded comes in several formulations, equal on paper and different in rounding.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

Scalar: TypeAlias = Callable[[Array], Array]
"""A function from a vector of shape (n,) to a scalar of shape ()."""


def gelu(x: ArrayLike) -> Array:
    """The activation of the given network: GELU in its tanh form, JAX's default.

    Args:
        x: Any shape, floating dtype.

    Returns:
        0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), elementwise; shape and dtype of `x`.
        Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", arXiv:1606.08415, section 2.
    """
    return jax.nn.gelu(x, approximate=True)


def flatten(weights: Sequence[ArrayLike]) -> Array:
    """All weights as one vector: layers first to last, each in C order.

    Args:
        weights: Matrices of one floating dtype; matrix i has shape (sizes[i], sizes[i + 1]).

    Returns:
        Shape (n,), n being the number of weights; their dtype.
    """
    return jnp.concatenate([jnp.ravel(weight, order="C") for weight in weights])


def unflatten(params: ArrayLike, sizes: Sequence[int]) -> list[Array]:
    """The inverse of `flatten`.

    Args:
        params: Shape (n,), with n the sum of sizes[i] * sizes[i + 1].
        sizes: Widths of the layers, the input's first; at least two.

    Returns:
        One matrix of shape (sizes[i], sizes[i + 1]) per pair of neighbours; dtype of `params`.

    Raises:
        ValueError: `params` is not a vector of n entries.
    """
    params = jnp.asarray(params)
    shapes = list(pairwise(sizes))
    expected = sum(rows * columns for rows, columns in shapes)
    if params.shape != (expected,):
        raise ValueError(f"sizes {list(sizes)} need shape ({expected},), not {params.shape}")
    weights, start = [], 0
    for rows, columns in shapes:
        stop = start + rows * columns
        weights.append(params[start:stop].reshape(rows, columns))
        start = stop
    return weights


def forward(weights: Sequence[ArrayLike], x: ArrayLike) -> Array:
    """The network's output: `gelu` after every layer but the last, no biases.

    Args:
        weights: Matrices of shapes (sizes[i], sizes[i + 1]).
        x: A batch of inputs, shape (batch, sizes[0]), dtype of the weights.

    Returns:
        Shape (batch, sizes[-1]), dtype of the weights.
    """
    activation = jnp.asarray(x)
    for weight in weights[:-1]:
        activation = gelu(jnp.dot(activation, weight))
    return jnp.dot(activation, weights[-1])


def loss(params: ArrayLike, sizes: Sequence[int]) -> Array:
    """The sum of the network's outputs on one input of ones.

    Args:
        params: Shape (n,), in the order of `flatten`.
        sizes: Widths of the layers.

    Returns:
        Shape (), dtype of `params`.
    """
    params = jnp.asarray(params)
    return jnp.sum(forward(unflatten(params, sizes), jnp.ones((1, sizes[0]), params.dtype)))


def hessian(params: ArrayLike, sizes: Sequence[int]) -> Array:
    """The Hessian of `loss`, forward over reverse: n tangents through one gradient.

    Args:
        params: Shape (n,): the point at which the Hessian is taken.
        sizes: Widths of the layers.

    Returns:
        Shape (n, n), symmetric up to rounding, dtype of `params`. Source of the three
        compositions: the JAX Autodiff Cookbook, "Hessian-vector products".
    """
    return _loss_hessian(jax.jacfwd, jax.grad, params, sizes)


def hessian_reverse_over_reverse(params: ArrayLike, sizes: Sequence[int]) -> Array:
    """As `hessian`, by n cotangents through one gradient."""
    return _loss_hessian(jax.jacrev, jax.grad, params, sizes)


def hessian_reverse_over_forward(params: ArrayLike, sizes: Sequence[int]) -> Array:
    """As `hessian`, by n cotangents through n directional derivatives."""
    return _loss_hessian(jax.jacrev, jax.jacfwd, params, sizes)


def naive_hvp(hessian: ArrayLike, vector: ArrayLike) -> Array:
    """The product of a Hessian that is already there with a vector.

    Args:
        hessian: Shape (n, n), symmetric.
        vector: Shape (n,), same dtype.

    Returns:
        Shape (n,), same dtype.
    """
    return jnp.matmul(hessian, vector)


def naive_hvp_from_the_left(hessian: ArrayLike, vector: ArrayLike) -> Array:
    """As `naive_hvp`, as a row vector times the matrix, which is equal by symmetry."""
    return jnp.matmul(vector, hessian)


def naive_hvp_by_columns(hessian: ArrayLike, vector: ArrayLike) -> Array:
    """As `naive_hvp`, as a sum of the columns weighted by the vector's entries."""
    return jnp.sum(jnp.asarray(hessian) * jnp.asarray(vector)[None, :], axis=1)


def hvp(f: Scalar, x: ArrayLike, v: ArrayLike) -> Array:
    """The product of f's Hessian at `x` with `v`, forward over reverse, no Hessian formed.

    The tangent of x -> grad f(x) in the direction v, at the cost of a few gradients.

    Args:
        f: Twice differentiable, shape (n,) to shape ().
        x: Shape (n,), floating dtype: the point.
        v: Shape (n,), same dtype: the vector.

    Returns:
        Shape (n,), same dtype. Source: Pearlmutter, "Fast exact multiplication by the
        Hessian", Neural Computation 6(1), 1994; JAX Autodiff Cookbook.
    """
    product: Array = jax.jvp(jax.grad(f), (jnp.asarray(x),), (jnp.asarray(v),))[1]
    return product


def hvp_reverse_over_reverse(f: Scalar, x: ArrayLike, v: ArrayLike) -> Array:
    """As `hvp`: the gradient of the scalar <grad f(x), v>."""
    product: Array = jax.grad(lambda point: jnp.vdot(jax.grad(f)(point), v))(jnp.asarray(x))
    return product


def hvp_reverse_over_forward(f: Scalar, x: ArrayLike, v: ArrayLike) -> Array:
    """As `hvp`: the gradient of f's directional derivative along v."""

    def slope(point: Array) -> Array:
        derivative: Array = jax.jvp(f, (point,), (jnp.asarray(v),))[1]
        return derivative

    product: Array = jax.grad(slope)(jnp.asarray(x))
    return product


HESSIANS: Mapping[str, Callable[[ArrayLike, Sequence[int]], Array]] = MappingProxyType(
    {
        "forward-over-reverse": hessian,
        "reverse-over-reverse": hessian_reverse_over_reverse,
        "reverse-over-forward": hessian_reverse_over_forward,
    }
)
"""Equivalent formulations of `hessian`; the first is the reference."""

NAIVE_HVPS: Mapping[str, Callable[[ArrayLike, ArrayLike], Array]] = MappingProxyType(
    {
        "rows": naive_hvp,
        "from-the-left": naive_hvp_from_the_left,
        "columns": naive_hvp_by_columns,
    }
)
"""Equivalent formulations of `naive_hvp`; the first is the reference."""

HVPS: Mapping[str, Callable[[Scalar, ArrayLike, ArrayLike], Array]] = MappingProxyType(
    {
        "forward-over-reverse": hvp,
        "reverse-over-reverse": hvp_reverse_over_reverse,
        "reverse-over-forward": hvp_reverse_over_forward,
    }
)
"""Equivalent formulations of `hvp`; the first is the reference."""


def _loss_hessian(
    outer: Callable[[Scalar], Scalar],
    inner: Callable[[Scalar], Scalar],
    params: ArrayLike,
    sizes: Sequence[int],
) -> Array:
    """Differentiate `loss` with `inner`, then with `outer`: shape (n, n)."""
    return outer(inner(lambda point: loss(point, sizes)))(jnp.asarray(params))
