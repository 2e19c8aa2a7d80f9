"""The grader's half of the wire: calls into plain trees, and plain trees into replies.

A reply is untrusted: whatever is malformed becomes a `Died`, never an exception.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from adcheck.errors import GraderError
from adcheck.model import (
    Argument,
    Array,
    Call,
    Expression,
    Foreign,
    Frame,
    Function,
    Instance,
    Key,
    Made,
    Numpy,
    Parameter,
    Plain,
    Program,
    Raised,
    Returned,
    Rows,
    Script,
    Value,
    Worked,
)
from adcheck.sandbox import wire

AnyArray = npt.NDArray[Any]
MAX_DEPTH = 8
MAX_PLAIN_DEPTH = 12
MAX_TEXT = 400
MAX_WORKED = 10_000


def callable_of(function: Function, xp: Any) -> Callable[[Any], Any]:
    """The callable that the worker builds from the same data.

    Args:
        function: travels to the student's code as an argument.
        xp: the array namespace to build over, such as ``jax.numpy``.
    """
    return wire.build(_tree(function.body), xp)


def _tree(expression: Expression) -> wire.Tree:
    if expression.op in ("x", "y"):
        return expression.op
    operands = [_tree(o) if isinstance(o, Expression) else o for o in expression.operands]
    return [expression.op, *operands]


def load_request(program: Program, x64: bool, interpret: bool = True) -> dict[str, Any]:
    """The header that makes a worker load a program."""
    return {
        "op": "load",
        "sources": [[s.label, s.text] for s in program.sources],
        "siblings": [[s.name, s.source.label, s.source.text, s.package] for s in program.siblings],
        "targets": dict(program.targets),
        "aliases": dict(program.aliases),
        "whole": program.whole,
        "stand_ins": list(program.stand_ins),
        "scripted": program.scripted,
        "supplied": dict(program.supplied),
        "x64": x64,
        "interpret": interpret,
    }


def call_request(call: Call) -> tuple[dict[str, Any], list[AnyArray]]:
    """The header and arrays of one call.

    Raises:
        GraderError: it holds what does not travel. Told here, because what a worker says of a
            request is untrusted: nobody's points must wait for that.
    """
    encoder = _Encoder()
    return {"op": "call"} | encoder.call(call), encoder.arrays


def _script(script: Script) -> dict[str, Any]:
    return {
        "cycles": {kind: list(cycle) for kind, cycle in script.cycles.items()},
        "performances": {
            item: [performance.kind, performance.result]
            for item, performance in script.performances.items()
        },
        "derivatives": dict(script.derivatives),
        "in_background": script.in_background,
        "really": script.really,
    }


def cost_request(call: Call) -> tuple[dict[str, Any], list[AnyArray]]:
    """The header and arrays that ask what one call would cost."""
    header, arrays = call_request(call)
    return header | {"op": "cost"}, arrays


def together_requests(
    calls: Sequence[Call],
) -> list[tuple[list[int], dict[str, Any], list[AnyArray]]]:
    """Requests for calls that are made together where they differ in their arrays alone.

    Keys may differ too, since the weights that they draw are set to arrays, and functions made of
    the same operations.

    Returns:
        For each request the places of its calls, its header and its arrays.
    """
    groups: dict[str, list[int]] = {}
    requests = [call_request(call) for call in calls]
    for place, (header, arrays) in enumerate(requests):
        alike = json.dumps([_anonymous(header), _forms(arrays)])
        groups.setdefault(alike, []).append(place)
    return [
        (
            places,
            requests[places[0]][0] | {"op": "together", "number": len(places)},
            [array for place in places for array in requests[place][1]],
        )
        for places in groups.values()
    ]


def _forms(arrays: Sequence[AnyArray]) -> list[tuple[str, tuple[int, ...]]]:
    return [(array.dtype.str, array.shape) for array in arrays]


def _anonymous(tree: Any) -> Any:
    """A request's tree without what tells one key, or one function, from another."""
    match tree:
        case {"key": _}:
            return {"key": 0}
        case {"function": body}:
            return {"function": _anonymous(body)}
        case dict():
            return {name: _anonymous(value) for name, value in tree.items()}
        case list():
            return [_anonymous(item) for item in tree]
    return tree


class _Encoder:
    def __init__(self) -> None:
        self.arrays: list[AnyArray] = []

    def call(self, call: Call) -> dict[str, Any]:
        return {
            "item": call.item,
            "args": [self.tree(arg) for arg in call.args],
            "named": [[list(named.names), self.tree(named.value)] for named in call.named],
            "transform": call.transform.value,
            "jit": call.jit,
            "stand_ins": {item: self.tree(value) for item, value in call.stand_ins.items()},
            "reading": call.reading.value,
            "otherwise": [[self.tree(arg) for arg in args] for args in call.otherwise],
            "script": None if call.script is None else _script(call.script),
        }

    def tree(self, value: Argument) -> dict[str, Any]:
        match value:
            case np.ndarray():
                return {"array": self._add(value)}
            case Key(seed):
                return {"key": seed}
            case Numpy(data):
                return {"numpy": self._add(data)}
            case Made(call):
                return {"made": {"op": "call"} | self.call(call)}
            case Rows(columns, form):
                return {"columns": {k: list(v) for k, v in columns.items()}, "form": form}
            case Function(body, identity):
                return {"function": self._expression(body), "identity": identity}
            case Instance(cls, args, attributes):
                return {
                    "class": cls,
                    "args": [self.tree(arg) for arg in args],
                    "attributes": {name: self.tree(v) for name, v in attributes.items()},
                }
            case tuple():
                return {"items": [self.tree(item) for item in value]}
        return {"number": value}

    def _add(self, array: AnyArray) -> int:
        if array.dtype.newbyteorder("<").str not in wire.DTYPES:
            raise GraderError(f"a case has an array of dtype {array.dtype}, which does not travel")
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _expression(self, expression: Expression) -> Any:
        if expression.op in ("x", "y"):
            return expression.op
        if expression.op not in wire.OPERATIONS:
            raise GraderError(f"a case has a function with the unknown operation {expression.op!r}")
        operands: list[Any] = []
        for operand in expression.operands:
            match operand:
                case Expression():
                    operands.append(self._expression(operand))
                case np.ndarray():
                    operands.append({"array": self._add(operand)})
                case _:
                    operands.append(operand)
        return [expression.op, *operands]


# --------------------------------------------------------------------------- replies


class MalformedReplyError(Exception):
    """Raised when a reply is a frame, but none that an honest worker sends."""


def reply(header: Mapping[str, Any], arrays: Sequence[AnyArray]) -> Returned | Raised:
    """Reads the answer to a call.

    Raises:
        MalformedReplyError: the header has not the form of an answer.
    """
    try:
        if "raised" in header:
            return raised(header["raised"])
        unused = dict(enumerate(arrays))
        observed = {str(k): _value(v, unused, 0) for k, v in header["observed"].items()}
        seconds, traced, compiled = _clock(header)
        value = _value(header["value"], unused, 0)
        worked = tuple(
            Worked(str(kind)[:200], _count(size), _count(times))
            for kind, size, times in header.get("worked", [])[:MAX_WORKED]
        )
        return Returned(
            value,
            seconds,
            observed,
            _plain(header.get("plain"), 0),
            worked,
            _count(header.get("readings", 0)),
            _plain(header.get("given"), 0),
            _count(header.get("attempt", 0)),
            traced=traced,
            compiled=compiled,
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedReplyError from error


def _count(number: Any) -> int:
    """A number of things that a worker tells."""
    return min(max(0, int(number)), 2**53)


def _plain(tree: Any, depth: int) -> Plain:
    """Reads plain data; numbers that are not finite come as text."""
    if depth > MAX_PLAIN_DEPTH:
        return "…"
    match tree:
        case None | bool() | float():
            return tree
        case int():
            return tree if abs(tree) < 2**63 else float("inf")
        case str():
            return tree[:MAX_TEXT]
        case list():
            return tuple(_plain(entry, depth + 1) for entry in tree)
        case dict():
            return {str(k)[:MAX_TEXT]: _plain(entry, depth + 1) for k, entry in tree.items()}
    raise TypeError("no plain data")


def replies(header: Mapping[str, Any], arrays: Sequence[AnyArray], count: int) -> list[Returned]:
    """Reads the answer to calls made together; none where they have to be made one by one.

    Raises:
        MalformedReplyError: the header has not the form of an answer.
    """
    try:
        if "raised" in header or not header["values"]:
            return []
        unused = dict(enumerate(arrays))
        seconds, traced, compiled = _clock(header)
        values = [_value(value, unused, 0) for value in header["values"]]
        told = [Returned(value, seconds, traced=traced, compiled=compiled) for value in values]
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedReplyError from error
    if len(told) != count:
        raise MalformedReplyError
    return told


def _clock(header: Mapping[str, Any]) -> tuple[float, float, float]:
    """What the worker's clock says of a call: seconds, those of tracing, those of compiling."""
    told = header["seconds"], header.get("traced", 0.0), header.get("compiled", 0.0)
    seconds, traced, compiled = (min(max(0.0, float(second)), 1e6) for second in told)
    return seconds, traced, compiled


def raised(data: Mapping[str, Any]) -> Raised:
    """Reads an exception.

    Raises:
        MalformedReplyError: it has not the form of one.
    """
    try:
        frames = tuple(
            Frame(str(f["where"])[:400], str(f["function"])[:400], str(f["code"])[:400])
            for f in data["frames"][:50]
        )
        return Raised(str(data["type"])[:200], str(data["message"])[:5000], frames)
    except (LookupError, TypeError) as error:
        raise MalformedReplyError from error


def parameters(header: Mapping[str, Any]) -> tuple[Parameter, ...] | None:
    """Reads the answer to a ``describe``; None where the function has no readable signature."""
    listed = header.get("parameters")
    if not isinstance(listed, list):
        return None
    kinds = ("positional", "keyword", "*", "**")
    return tuple(
        Parameter(
            str(name)[:200],
            cast(Literal["positional", "keyword", "*", "**"], kind if kind in kinds else "keyword"),
            bool(default),
            _finite(number),
        )
        for name, kind, default, number in listed[:200]
    )


def operations(header: Mapping[str, Any]) -> float | None:
    """Reads the answer to a ``cost``: a number of operations; None for whatever is none."""
    told = _finite(header.get("operations"))
    return None if told is None or told < 0 else float(told)


def _finite(told: Any) -> float | None:
    """An int or a float as it is; None for whatever is none, or too large for one."""
    if type(told) not in (int, float):  # a bool is a number to isinstance
        return None
    with contextlib.suppress(OverflowError):  # JSON has integers of any length
        return cast(float, told) if math.isfinite(told) else None
    return None


_NAMED = {"b": ("bool",), "c": ("complex",), "i": ("int", "uint"), "f": ("float", "bfloat")}
"""How the names of the dtypes begin that travel as an array of this kind."""


def _value(tree: Mapping[str, Any], unused: dict[int, AnyArray], depth: int) -> Value:
    """Reads one node; each array is there once, so that no small reply makes a large value."""
    if depth > MAX_DEPTH:
        return Foreign("deeply nested sequence", "")
    if "array" in tree:
        data, name = unused.pop(tree["array"]), str(tree["dtype"])[:40]
        if not name.startswith(_NAMED[data.dtype.kind]):
            raise ValueError("an array is none of what it says")
        return Array(data, name)
    if "items" in tree:
        return tuple(_value(item, unused, depth + 1) for item in tree["items"])
    kind, text = tree["foreign"]
    return Foreign(str(kind)[:200], str(text)[:1000])
