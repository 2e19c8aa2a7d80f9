"""Tracing a derivative once where a program asks for it a thousand times.

Part of the child side. Who writes ``for _ in range(1000): x = x - b * jax.grad(f)(x)`` has JAX walk
through f a thousand times, operation by operation, which takes ten to thirty seconds. Here the
derivative is compiled as a whole, as ``jax.jit(jax.grad(f))`` would be, and found again at the next
step. For a function without side effects that changes nothing. One that has some may come out
wrong, and is then run as it stands, by the grader's next way; and it must not come out right where
it is wrong, so that the first derivatives of each call, and some of the later ones, are taken by
walking through the function, see `once`.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcheck.sandbox.evaluation.once import at_once, is_tracing, varying

__all__ = ["trace_once"]

TRANSFORMATIONS = ("grad", "value_and_grad", "hessian", "jacfwd", "jacrev")
"""Of ``jax``, those that take a function and give one."""

MOST_REMEMBERED = 256
"""Derivatives; who asks for more of them makes each for one use."""

FIRST = 8
"""Derivatives that are taken as they stand before one is remembered. A leaked tracer or a counter
shows at the second or third, and all the descents whose every digit is judged end before."""

_CONSTANT = (
    bool, bytes, complex, float, int, str, type, types.BuiltinFunctionType, types.ModuleType,
    types.NoneType,
)  # fmt: skip


def trace_once() -> Callable[[], None]:
    """Lets JAX remember the derivatives that it was asked for, in this process.

    Returns:
        What makes it forget them.
    """
    import jax

    memory = _Memory()
    for name in TRANSFORMATIONS:
        setattr(jax, name, _remembering(getattr(jax, name), name, memory))
    jax.jvp = _remembering_jvp(jax.jvp, memory)
    return memory.forget


def _remembering(
    transformation: Callable[..., Any], name: str, memory: _Memory
) -> Callable[..., Any]:
    @functools.wraps(transformation)
    def transform(fun: Any, *args: Any, **keywords: Any) -> Any:
        transformed = transformation(fun, *args, **keywords)
        identity = _identity((name, fun, args, tuple(keywords.items())))
        more = keywords.get("has_aux") or any(arg is True for arg in args)  # of any type
        once = transformed if more else at_once(fun, transformed)
        if identity is None:
            return once

        @functools.wraps(transformed)
        def call(*args: Any, **keywords: Any) -> Any:
            if keywords:
                return transformed(*args, **keywords)
            return memory.call(identity, once, args)

        call.__dict__[_MARK] = identity
        return call

    return transform


def _remembering_jvp(jvp: Callable[..., Any], memory: _Memory) -> Callable[..., Any]:
    @functools.wraps(jvp)
    def call(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
        identity = None if has_aux else _identity(("jvp", fun))
        if identity is None:
            return jvp(fun, primals, tangents, has_aux=has_aux)
        return memory.call(identity, at_once(fun, functools.partial(jvp, fun)), (primals, tangents))

    return call


# --------------------------------------------------------------------------- memory


class _Memory:
    """Derivatives by what they are of, compiled as a whole."""

    def __init__(self) -> None:
        self._known: dict[Any, _Known] = {}

    def call(self, identity: _Identity, transformed: Callable[..., Any], args: Any) -> Any:
        """The value of a derivative, by way of a compiled one where that does."""
        import jax

        leaves, form = jax.tree.flatten(args)
        places = [place for place, leaf in enumerate(leaves) if _varies(leaf)]
        fixed = _identity(tuple(leaf for leaf in leaves if not _varies(leaf)))
        traced = any(isinstance(leaf, jax.core.Tracer) for leaf in leaves) or is_tracing()
        if fixed is None or not places:
            return transformed(*args)
        key = (identity.key, fixed.key, form, tuple(places), traced and _forms(leaves))
        known = self._known.get(key)
        if known is None:
            known = self._remember(key, _Known(identity, fixed))
        if known.as_it_stands():
            return transformed(*args)
        if known.compiled is None:
            known.compiled = _compiled(transformed, leaves, form, places)
        try:
            return known.compiled(*[leaves[place] for place in places])
        except Exception:  # a value was needed in Python, say: as it stands, it may do
            known.worth = False
            return transformed(*args)

    def forget(self) -> None:
        """Starts anew, so that what a program keeps between calls shows."""
        self._known.clear()

    def _remember(self, key: Any, known: _Known) -> _Known:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = known
        return known


class _Known:
    """A derivative that was asked for.

    Attributes:
        compiled: as a whole, once that is worth it.
        worth: whether it can be.
    """

    def __init__(self, *kept: _Identity) -> None:
        self._kept = kept  # so that ids remain those of the same objects
        self.compiled: Callable[..., Any] | None = None
        self.worth = True
        self._taken = 0

    def as_it_stands(self) -> bool:
        """Counts one more, and says whether to take it by walking through the function."""
        self._taken += 1
        now_and_then = self._taken & (self._taken - 1) == 0  # the 16th, the 32nd, the 64th, ...
        return not self.worth or self._taken <= FIRST or now_and_then


def _compiled(
    transformed: Callable[..., Any], leaves: list[Any], form: Any, places: list[int]
) -> Callable[..., Any]:
    """The derivative as a function of the arguments that vary."""
    import jax

    fixed = [None if place in places else leaf for place, leaf in enumerate(leaves)]
    compiled: Callable[..., Any] = jax.jit(
        varying(lambda leaves: transformed(*form.unflatten(leaves)), fixed, places)
    )
    return compiled


def _varies(leaf: Any) -> bool:
    import jax

    return isinstance(leaf, jax.Array | np.ndarray | np.generic | float)


def _forms(leaves: list[Any]) -> tuple[Any, ...]:
    return tuple((np.shape(leaf), getattr(leaf, "dtype", None)) for leaf in leaves if _varies(leaf))


# --------------------------------------------------------------------------- identity

_MARK = "__adcheck_identity__"


@dataclass(frozen=True)
class _Identity:
    """What two derivatives have in common that are the same.

    Attributes:
        key: equal for equals; partly of ids.
        kept: the objects of these ids.
    """

    key: Any
    kept: tuple[Any, ...]


def _identity(value: Any) -> _Identity | None:
    """The identity of a function, or of what it closes over; None where it may change unseen."""
    import jax

    if isinstance(value, _CONSTANT):
        return _Identity((type(value), value), ())
    marked = getattr(value, "__dict__", {}).get(_MARK)
    if marked is not None:
        return marked  # type: ignore[no-any-return]
    match value:
        case tuple():
            return _joined("tuple", value)
        case types.FunctionType():
            try:
                cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
            except ValueError:  # a variable that has no value yet
                return None
            defaults = (value.__defaults__, tuple((value.__kwdefaults__ or {}).items()))
            return _joined(value.__code__, (*cells, *defaults), id(value.__globals__))
        case types.MethodType():
            return _joined("method", (value.__func__, value.__self__))
        case functools.partial():
            return _joined("partial", (value.func, value.args, tuple(value.keywords.items())))
        case list() | dict() | set() | np.ndarray():
            return None
    if isinstance(value, jax.core.Tracer):
        return _Identity(("traced", id(value)), (value,))
    return _Identity(("object", id(value)), (value,))


def _joined(head: Any, parts: tuple[Any, ...], *more: Any) -> _Identity | None:
    identities = [_identity(part) for part in parts]
    known = [identity for identity in identities if identity is not None]
    if len(known) < len(parts):
        return None
    kept = tuple(item for identity in known for item in identity.kept)
    return _Identity((head, *more, *(identity.key for identity in known)), kept)
