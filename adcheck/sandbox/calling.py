"""Calling a student's function: its arguments by place and name, traced as a whole or as it stands.

Part of the child side.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adcheck.sandbox.evaluation import UnsupportedError, evaluate, varying

__all__ = ["Prepared", "Stopwatch", "applied", "bound", "over_arrays", "parameters"]

MAX_NAME = 200


class Stopwatch:
    """How long a call takes, and how much of that is tracing and compiling."""

    _compiled = 0.0  # by this process so far, as JAX itself says

    def __init__(self) -> None:
        self._start, self._before = time.perf_counter(), Stopwatch._compiled
        self._traced = 0.0

    @contextlib.contextmanager
    def tracing(self) -> Iterator[None]:
        """Counts what is done here as tracing."""
        start = time.perf_counter()
        yield
        self._traced += time.perf_counter() - start

    def read(self, calls: int = 1) -> dict[str, float]:
        """What the wire tells of each of as many calls: seconds in all, and those of stages."""
        spent = {
            "seconds": time.perf_counter() - self._start,
            "traced": self._traced,
            "compiled": Stopwatch._compiled - self._before,
        }
        return {name: seconds / calls for name, seconds in spent.items()}

    @staticmethod
    def listen() -> None:
        """Has JAX tell of every compilation from now on."""
        import jax

        jax.monitoring.register_event_duration_secs_listener(Stopwatch._heard)

    @staticmethod
    def _heard(event: str, duration_secs: float, **_: Any) -> None:
        if event.endswith(("backend_compile_duration", "jaxpr_to_mlir_module_duration")):
            Stopwatch._compiled += duration_secs


@dataclass(frozen=True)
class Prepared:
    """One call that only remains to be made.

    Attributes:
        function: the student's, transformed.
        args: by place; without the instance, for a method.
        keywords: by name.
        observed: attributes of an instance that could not be set, by name.
    """

    function: Callable[..., Any]
    args: Sequence[Any]
    keywords: dict[str, Any]
    observed: dict[str, Any]

    def __call__(self) -> Any:
        """Makes the call."""
        return self.function(*self.args, **self.keywords)


def applied(call: Prepared, interpret: bool, watch: Stopwatch) -> Any:
    """The result of a call that is traced as a whole, and then interpreted or compiled."""
    import jax

    whole, arrays = over_arrays(call)
    # traced anew for every call, so that what a program keeps between calls shows; but compiled
    # once for what comes out the same, constants included
    with watch.tracing():
        traced = jax.jit(whole).trace(*arrays)
    if interpret:
        try:
            results = evaluate(traced.jaxpr, arrays)
            return jax.tree.unflatten(jax.tree.structure(traced.out_info), results)
        except UnsupportedError:  # then XLA has its turn
            pass
    lowered = traced.lower()
    key = hashlib.sha256(lowered.as_text().encode()).digest(), lowered.out_tree
    if key not in _compiled:
        _compiled[key] = lowered.compile()
    return _compiled[key](*arrays)


_compiled: dict[Any, Any] = {}
"""Compiled calls by their lowered program and the form of their result."""


def over_arrays(call: Prepared) -> tuple[Callable[..., Any], list[Any]]:
    """The call as a function of its array arguments alone, and these: what JAX can trace."""
    import jax

    places = [place for place, arg in enumerate(call.args) if isinstance(arg, jax.Array)]
    whole = varying(lambda args: call.function(*args, **call.keywords), call.args, places)
    return whole, [call.args[place] for place in places]


def parameters(function: Callable[..., Any]) -> list[list[Any]] | None:
    """Name, kind, whether there is a default and, if that is a number, which, of each.

    None where Python cannot say.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    kinds: dict[Any, str] = {
        inspect.Parameter.KEYWORD_ONLY: "keyword",
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    return [
        [p.name[:MAX_NAME], kinds.get(p.kind, "positional"), p.default is not p.empty, _number(p)]
        for p in signature.parameters.values()
    ]


def _number(parameter: inspect.Parameter) -> float | None:
    default = parameter.default
    if type(default) is int:
        return default if abs(default) < 2**63 else None  # one that travels
    return default if type(default) is float else None


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return {p.name: p.default for p in inspect.signature(function).parameters.values()}
    except (TypeError, ValueError):
        return {}


def bound(
    function: Callable[..., Any], args: list[Any], named: Sequence[tuple[list[str], Any]]
) -> tuple[list[Any], dict[str, Any]]:
    """Places the arguments that go by name: by one of their names, or by the next free place."""
    if not named:
        return args, {}
    known = parameters(function) or []
    free = [name for name, kind, *_ in known if kind in ("positional", "keyword")][len(args) :]
    keywords: dict[str, Any] = {}
    unplaced = []
    for names, value in named:
        lowered = [name.lower() for name in names]
        match = next((name for name in free if name.lower() in lowered), None)
        if match is None:
            unplaced.append((names[0], value))
        else:
            keywords[match] = value
            free.remove(match)
    defaults = _defaults(function)
    kinds = [kind for _, kind, *_ in known]
    by_place = []
    for canonical, value in unplaced:
        # 1000 stands for a number of steps, 1e-3 for a step size, whatever they are called
        alike = [name for name in free if type(defaults.get(name)) is type(value)]
        if not free and "*" in kinds and "**" not in kinds:
            by_place.append(value)
            continue
        place = alike[0] if alike else free[0] if free else canonical
        keywords[place] = value
        if place in free:
            free.remove(place)
    positional = [name for name, kind, *_ in known if kind == "positional"][len(args) :]
    # positional-only parameters cannot be named: pass by place what stands in unbroken order
    while positional and positional[0] in keywords:
        args = [*args, keywords.pop(positional.pop(0))]
    return [*args, *by_place], keywords
