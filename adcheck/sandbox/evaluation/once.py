"""Taking one derivative by tracing it as a whole, and running what was traced in NumPy.

Part of the child side. Taken eagerly, a Hessian runs every operation of its transformations by
itself, on its way through JAX's dispatch: 0.5 s for a network of 29 parameters that are picked one
by one. Tracing the same call takes 0.2 s, and running what was traced 0.01 s. The function is
walked through at each call, as it is eagerly, so that what it leaves behind shows all the same.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from adcheck.sandbox.evaluation.equations import evaluate
from adcheck.sandbox.evaluation.placing import placing

__all__ = ["at_once", "is_tracing", "varying"]

MOST_HOPELESS = 1024
"""Functions that are remembered as not to be traced; after so many, all are tried anew."""


def at_once(function: Any, transformed: Callable[..., Any]) -> Callable[..., Any]:
    """A derivative that is traced as a whole at each call, where that does.

    Args:
        function: what it is the derivative of.
        transformed: the derivative, as JAX takes it.

    Returns:
        The same as a function. Where the derivative has to be taken eagerly, because a value is
        needed in Python or an operation is not known here, it is, now and for functions of the
        same code later on.
    """
    code = getattr(function, "__code__", None)

    @functools.wraps(transformed)
    def call(*args: Any, **keywords: Any) -> Any:
        if code is None or code in _hopeless or is_tracing():
            return transformed(*args, **keywords)
        try:
            return _traced(transformed, args, keywords)
        except Exception:  # whatever it was, JAX's own way will tell
            if len(_hopeless) >= MOST_HOPELESS:
                _hopeless.clear()
            _hopeless.add(code)
            return transformed(*args, **keywords)

    return call


_hopeless: set[Any] = set()


def _traced(transformed: Callable[..., Any], args: Any, keywords: Any) -> Any:
    import jax

    form: Any
    leaves, form = jax.tree.flatten((args, keywords))
    places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, jax.Array)]

    def called(leaves: list[Any]) -> Any:
        args, keywords = form.unflatten(leaves)
        return transformed(*args, **keywords)

    arrays = [leaves[place] for place in places]
    traced = jax.jit(varying(called, leaves, places)).trace(*arrays)
    results = evaluate(traced.jaxpr, arrays)
    put = placing()
    told = [put(r, aval) for r, aval in zip(results, traced.jaxpr.out_avals, strict=True)]
    return jax.tree.unflatten(jax.tree.structure(traced.out_info), told)


def varying(
    function: Callable[[list[Any]], Any], values: Sequence[Any], places: Sequence[int]
) -> Callable[..., Any]:
    """A function of a list as one of the values at some of its places; the others stay."""

    def whole(*given: Any) -> Any:
        filled = list(values)
        for place, value in zip(places, given, strict=True):
            filled[place] = value
        return function(filled)

    return whole


def is_tracing() -> bool:
    """Whether a function is being traced, so that what is called now gets no values."""
    import jax

    try:
        return not jax._src.core.trace_state_clean()
    except AttributeError:
        return False
