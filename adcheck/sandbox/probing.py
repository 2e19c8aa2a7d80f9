"""What a function does, found out without computing anything.

Part of the child side. Where derivatives are work on a scripted clock, it matters whether a
function takes derivatives itself, and whether it uses its argument at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox.pending import bare

__all__ = ["differentiates", "is_constant", "is_probing", "is_traced", "note_derivative"]

AnyArray = npt.NDArray[Any]

_probing: list[bool] = []
"""One entry for each function that is looked into: whether derivatives are taken in it."""


def is_probing() -> bool:
    """Whether a function is being looked into."""
    return bool(_probing)


def note_derivative() -> None:
    """Says that the function that is being looked into takes a derivative."""
    _probing[-1] = True


def is_traced(value: Any) -> bool:
    """Whether a value is one that JAX follows, and no array."""
    import jax

    return isinstance(value, jax.core.Tracer)


def is_constant(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Whether a function of vectors is known to ignore them; found out once for the same code."""
    code = _code(function)
    if code is None:
        return False
    if code not in _constant:
        _constant[code] = False  # for itself, too, should it come by here
        _probing.append(False)
        with contextlib.suppress(Exception):  # what cannot be traced is not known
            ignored = _ignores(function, [np.zeros(np.shape(bare(arg))) for arg in args])
            _constant[code] = ignored and not _probing[-1]
        _probing.pop()
    return _constant[code]


_constant: dict[Any, bool] = {}


def _code(function: Any) -> Any:
    """The code of a function, under what stands in for `jax.jit` and `functools.partial`."""
    for _ in range(MOST_WRAPPED):
        function = getattr(function, "__wrapped__", getattr(function, "func", function))
    return getattr(function, "__code__", None)


MOST_WRAPPED = 8
"""How deep a function may be wrapped."""


def _ignores(function: Callable[..., Any], args: Sequence[AnyArray]) -> bool:
    """Whether no argument has a way to a result in what is traced."""
    import jax

    jaxpr = jax.make_jaxpr(lambda *given: function(*given))(*args).jaxpr
    reached = set(map(id, jaxpr.invars))
    for equation in jaxpr.eqns:
        if reached & set(map(id, equation.invars)):
            reached |= set(map(id, equation.outvars))
    return not reached & set(map(id, jaxpr.outvars))


def differentiates(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Whether a function itself takes derivatives; found out without computing anything."""
    import jax

    _probing.append(False)
    with contextlib.suppress(Exception):  # of code that cannot be traced: what it did, it did
        # a function of our own, because JAX keeps what came of one that it knows
        jax.eval_shape(lambda *given: function(*given), *map(bare, args))
    return _probing.pop()
