"""JAX's derivatives as work on the scripted clock, and `jax.jit` as nothing at all.

Part of the child side; see `adcheck.sandbox.work`. Only derivatives of second order count: what a
program asks for the gradient of a gradient, a Jacobian of one, or a Hessian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adcheck.sandbox.clock import CLOCK
from adcheck.sandbox.pending import CONSTANT, KINDS, MATRIX, PRODUCT, Pending, bare
from adcheck.sandbox.probing import (
    differentiates,
    is_constant,
    is_probing,
    is_traced,
    note_derivative,
)

__all__ = ["REPLACEMENTS"]


def _waited(value: Any) -> Any:
    import jax

    for leaf in jax.tree_util.tree_leaves(value):
        if isinstance(leaf, Pending):
            leaf.block_until_ready()
    if CLOCK.loose:
        CLOCK.wait()
    return value


class _jit:  # noqa: N801  # stands where jax.jit stood
    """Calls a function as it is: what would be traced once has to be done each time."""

    def __init__(self, function: Any = None, **options: Any) -> None:
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", "function")

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if self.__wrapped__ is None:
            return _jit(*args)
        return self.__wrapped__(*args, **keywords)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else lambda *a, **k: self.__wrapped__(instance, *a, **k)

    def lower(self, *args: Any, **keywords: Any) -> _jit:
        """Nothing is compiled."""
        return self

    def compile(self, *args: Any, **keywords: Any) -> _jit:
        """Nothing is compiled."""
        return self

    def clear_cache(self) -> None:
        """There is none."""

    def cost_analysis(self) -> dict[str, float]:
        """Nothing is known."""
        return {}

    def memory_analysis(self) -> None:
        """Nothing is known."""

    def as_text(self) -> str:
        """Nothing is compiled."""
        return ""


def _derived(kind: str, function: Callable[..., Any], args: Sequence[Any], data: Any) -> Any:
    """Work if it is of second order, and the result."""
    import jax.numpy as jnp

    if is_probing():
        if is_constant(function, args):
            CLOCK.work(CONSTANT, int(np.size(bare(args[0]))))
        else:
            note_derivative()
        return jnp.zeros(np.shape(data))
    if differentiates(function, args):
        CLOCK.work(KINDS.get(kind, ""), int(np.size(bare(args[0]))))
    if is_traced(data):
        CLOCK.loose = True
        data = np.zeros(np.shape(data))
    return Pending(data)


def _gradient(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    return lambda *args, **keywords: _derived(PRODUCT, function, args, _like(args[0]))


def _value_and_gradient(function: Callable[..., Any], *options: Any, **more: Any) -> Any:
    def both(*args: Any, **keywords: Any) -> Any:
        gradient = _derived(PRODUCT, function, args, _like(args[0]))
        return _first(0.0), gradient

    return both


def _first(value: Any) -> Any:
    """What comes along with a derivative; it can be waited for, too."""
    return value if is_traced(value) else Pending(value)


def _of_matrix(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    def hessian(*args: Any, **keywords: Any) -> Any:
        return _derived(MATRIX, _gradient(function), args, np.eye(np.size(bare(args[0]))))

    return hessian


def _jacobian(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    def jacobian(*args: Any, **keywords: Any) -> Any:
        if is_probing() or not differentiates(function, args):
            return _derived(MATRIX, function, args, _like(args[0]))
        return _derived(MATRIX, function, args, np.eye(np.size(bare(args[0]))))

    return jacobian


def _jvp(function: Callable[..., Any], primals: Any, tangents: Any, **more: Any) -> Any:
    product = _derived(PRODUCT, function, primals, _like(tangents[0]))
    return _first(_like(primals[0])), product


def _vjp(function: Callable[..., Any], *primals: Any, **more: Any) -> Any:
    return _first(_like(primals[0])), lambda v: (_derived(PRODUCT, function, primals, _like(v)),)


def _linearize(function: Callable[..., Any], *primals: Any, **more: Any) -> Any:
    return _first(_like(primals[0])), lambda v: _derived(PRODUCT, function, primals, _like(v))


def _like(value: Any) -> Any:
    """Something of an array's shape: its entries, where it has any."""
    return value if is_traced(value) else np.asarray(bare(value), float)


REPLACEMENTS: dict[str, Callable[..., Any]] = {
    "jit": _jit,
    "block_until_ready": _waited,
    "hessian": _of_matrix,
    "grad": _gradient,
    "value_and_grad": _value_and_gradient,
    "jvp": _jvp,
    "vjp": _vjp,
    "linearize": _linearize,
    "jacfwd": _jacobian,
    "jacrev": _jacobian,
    "jacobian": _jacobian,
}
"""What stands in for which name of `jax`."""
