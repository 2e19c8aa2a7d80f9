"""What a call costs: the floating point operations of its traced program.

Part of the child side. The count is read off the program that JAX traces, so that the same code
costs the same on every machine. It measures the work that an algorithm asks for, as a multiple of
another algorithm's, and models no processor: a sine counts as much as a product, and moving data
counts nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the worker imports jax after its limits
    from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

__all__ = ["operations"]

_MOVES = frozenset({
    "after_all", "bitcast_convert_type", "broadcast_in_dim", "complex", "concatenate",
    "convert_element_type", "copy", "copy_p", "create_token", "debug_callback", "debug_print",
    "device_put", "dynamic_slice", "dynamic_update_slice", "empty", "empty2", "empty_ref",
    "expand_dims", "free_ref", "freeze", "gather", "get", "imag", "iota", "name", "new_ref",
    "optimization_barrier", "pad", "pvary", "real", "reduce_precision", "reshape", "reshard",
    "rev", "scatter", "select_n", "sharding_constraint", "slice", "split", "squeeze", "stack",
    "stop_gradient", "swap", "tile", "transpose", "unstack",
})  # fmt: skip
"""Primitives that move, make, choose or print numbers, and compute none."""

_REDUCTIONS = frozenset({
    "argmax", "argmin", "reduce", "reduce_max", "reduce_min", "reduce_prod", "reduce_sum",
    "top_k",
})  # fmt: skip

_ACCUMULATIONS = {"accum_grad_in_ref": 1, "addupdate": 1} | {
    f"scatter-{how}": 2 for how in ("add", "sub", "mul", "min", "max")
}
"""Primitives that change some entries of a larger array, each with the place of its operand that
has one number for every entry changed."""

_UNKNOWN = frozenset({
    "call_exported", "cholesky", "cholesky_update", "eig", "eigh", "ffi_call", "fft", "geqp3",
    "geqrf", "hessenberg", "householder_product", "io_callback", "lu", "ormqr", "pallas_call",
    "pure_callback", "qr", "ragged_dot_general", "schur", "svd", "symmetric_product",
    "triangular_solve", "tridiagonal", "tridiagonal_solve", "while",
})  # fmt: skip
"""Primitives whose cost the program does not show: loops that end when they have converged, code
that is not JAX's, and linear algebra, whose cost is not in proportion to its result."""

_UNKNOWN_PREFIXES = ("reduce_window", "select_and_")  # the size of their windows would count


def operations(closed_jaxpr: ClosedJaxpr | Jaxpr) -> float | None:
    """Counts the floating point operations of one run of a program.

    A product of matrices counts 2 m n k; a convolution likewise; what works element by element,
    transcendental functions too, 1 for each element of its result; a reduction 1 for each element
    that it reads; a loop of known length its body's count times its length; a condition its
    dearer branch. Integers, and moving data, count 0. What the program computes and never uses
    counts too: run as it is written, it would be computed.

    Args:
        closed_jaxpr: what `jax.make_jaxpr` gives; of any size, since nothing is run.

    Returns:
        The number of operations; None where it cannot be told, as for ``while``.
    """
    total = 0.0
    for equation in closed_jaxpr.eqns:
        count = _count(equation)
        if count is None:
            return None
        total += count
    return total


def _count(equation: JaxprEqn) -> float | None:
    name, params = equation.primitive.name, equation.params
    if name in _UNKNOWN or name.startswith(_UNKNOWN_PREFIXES):
        return None
    if name in _MOVES:
        return 0.0
    if name == "scan":
        body = operations(params["jaxpr"])
        return None if body is None else params["length"] * body
    if name == "cond":
        return _largest(operations(branch) for branch in params["branches"])
    if name in _REDUCTIONS or name in _ACCUMULATIONS:
        return _count_leaf(equation)  # where they contain a program, it works on scalars
    bodies = list(_bodies(list(params.values())))
    if len(bodies) > 1:
        return None  # not one call of one program, but perhaps a loop, or a choice
    return operations(bodies[0]) if bodies else _count_leaf(equation)


def _count_leaf(equation: JaxprEqn) -> float:
    """The operations of a primitive that contains no program."""
    name, params = equation.primitive.name, equation.params
    inputs: list[Any] = [variable.aval for variable in equation.invars]
    outputs: list[Any] = [variable.aval for variable in equation.outvars]
    if not any(_is_floating(aval) for aval in [*inputs, *outputs]):
        return 0.0
    if name == "dot_general":
        summed = [inputs[0].shape[axis] for axis in params["dimension_numbers"][0][0]]
        return 2.0 * _size(outputs[0]) * float(math.prod(summed))
    if name == "conv_general_dilated":
        features: int = inputs[1].shape[params["dimension_numbers"].rhs_spec[0]]
        return 2.0 * _size(outputs[0]) * _size(inputs[1]) / max(features, 1)
    if name == "polynomial":
        return 2.0 * _size(outputs[0]) * (len(inputs) - 2)  # of x and the coefficients, by Horner
    if name in _ACCUMULATIONS:
        return _size(inputs[_ACCUMULATIONS[name]])
    if name in _REDUCTIONS:
        return max(_size(aval) for aval in inputs)
    return sum(_size(aval) for aval in outputs)


def _largest(counts: Iterable[float | None]) -> float | None:
    largest = 0.0
    for count in counts:
        if count is None:
            return None
        largest = max(largest, count)
    return largest


def _bodies(value: Any) -> Iterator[ClosedJaxpr | Jaxpr]:
    """The programs among an equation's parameters: of jit, checkpoint, custom_jvp and others.

    Known by their equations: importing their types from `jax.extend` takes as long as a trace.
    """
    if hasattr(value, "eqns"):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _bodies(item)


def _size(aval: Any) -> float:
    """The number of elements of what an abstract value stands for; 1 where it has no shape."""
    return float(math.prod(getattr(aval, "shape", ())))


def _is_floating(aval: Any) -> bool:
    import jax.numpy as jnp

    dtype = getattr(aval, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jnp.inexact)
