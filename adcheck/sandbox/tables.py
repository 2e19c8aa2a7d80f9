"""Tables of numbers, in whatever form a program has them, on their way in and out of it.

Part of the child side. A list of dictionaries, a dictionary of lists, a structured array, a data
frame, nested tuples: all become names and numbers in dictionaries and lists, which say what stood
where and mean nothing to the one who made them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import importlib
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["made", "plain"]

MAX_DEPTH = 10
MAX_ENTRIES = 50_000
MAX_TEXT = 300

_THEIRS = ("__main__", "submission", "types")
"""Where a program's own classes are defined, and plain namespaces."""


def plain(value: Any) -> Any:
    """A result as dictionaries, lists, numbers and texts.

    Args:
        value: whatever a function returned. Keys and texts are cut, and so is what is nested too
            deeply; of what is no table there is a short representation.
    """
    return _Plain().of(value, 0)


class _Plain:
    def __init__(self) -> None:
        self._left = MAX_ENTRIES

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return "…"
        if value is None or isinstance(value, bool | int | float):
            return _number(value)
        if isinstance(value, str):
            return value[:MAX_TEXT]
        if isinstance(value, datetime.timedelta):
            return value.total_seconds()
        entries = _as_mapping(value)
        if entries is not None:
            return {_key(key): self.of(entry, depth + 1) for key, entry in entries}
        sequence = _as_sequence(value)
        if sequence is not None:
            return [self.of(entry, depth + 1) for entry in sequence]
        return self._single(value)

    def _single(self, value: Any) -> Any:
        if isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
            return self.of(value.item(), MAX_DEPTH)
        with contextlib.suppress(Exception):  # an array of no axes, of whatever library
            entry = np.asarray(value).item()
            if isinstance(entry, bool | int | float):
                return _number(entry)
        with contextlib.suppress(Exception):  # a student's __repr__ may raise anything
            return repr(value)[:MAX_TEXT]
        return "…"


def _number(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value) if abs(value) < 2**63 else float("inf")
    return float(value) if isinstance(value, float) else value


def _key(key: Any) -> str:
    if isinstance(key, tuple):
        return " ".join(map(_key, key)).strip()
    return str(key)[:MAX_TEXT]


def _as_mapping(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Names with what they stand for, if that is what a value holds."""
    if isinstance(value, Mapping):
        return value.items()
    if hasattr(value, "_asdict"):
        return value._asdict().items()  # type: ignore[no-any-return]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
    if hasattr(value, "to_dicts"):
        return None
    if hasattr(value, "iloc") and hasattr(value, "columns"):
        return _of_frame(value)
    if hasattr(value, "iloc"):
        return list(zip(value.index, value, strict=True))
    names = getattr(getattr(value, "dtype", None), "names", None)
    if names:
        return [(name, np.asarray(value[name]).tolist()) for name in names]
    theirs = type(value).__module__ in _THEIRS and not isinstance(value, list | tuple | type)
    return vars(value).items() if theirs and getattr(value, "__dict__", None) else None


def _of_frame(frame: Any) -> list[tuple[Any, Any]]:
    """A data frame's columns; its index is one of them unless it only counts the rows."""
    if list(frame.index) != list(range(len(frame))) or frame.index.name is not None:
        known = set(frame.columns).intersection(frame.index.names)
        frame = frame.reset_index(drop=bool(known))
    return [(name, frame.iloc[:, place].tolist()) for place, name in enumerate(frame.columns)]


def _as_sequence(value: Any) -> Iterable[Any] | None:
    if isinstance(value, list | tuple | set | range):
        return value
    if hasattr(value, "to_dicts"):
        return value.to_dicts()  # type: ignore[no-any-return]
    if hasattr(value, "tolist") and getattr(value, "ndim", None):
        return value.tolist()  # type: ignore[no-any-return]
    if hasattr(value, "__next__") or type(value).__name__ in ("dict_values", "deque"):
        return list(itertools.islice(value, MAX_ENTRIES))
    if hasattr(value, "__array__") and np.asarray(value).ndim:
        return np.asarray(value).tolist()  # type: ignore[no-any-return]
    return None


def made(columns: Mapping[str, list[float]], form: str) -> Any:
    """A table in one of the forms that programs use; see `adcheck.model.Rows`."""
    if form == "columns":
        return {name: list(column) for name, column in columns.items()}
    if form == "frame":
        pandas: Any = importlib.import_module("pandas")
        return pandas.DataFrame(dict(columns))
    if form == "structured":
        kinds = [(name, np.asarray(column).dtype) for name, column in columns.items()]
        return np.array(list(zip(*columns.values(), strict=True)), dtype=kinds)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
