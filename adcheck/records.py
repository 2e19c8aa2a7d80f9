"""Records as plain data for JSON, and back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

__all__ = ["plain", "restored"]

_T = TypeVar("_T")


def plain(record: object) -> Any:
    """A record as what JSON knows: dicts, lists, strings, numbers."""
    return msgspec.to_builtins(record)


def restored(kind: type[_T], data: Any) -> _T:
    """The record that `plain` made `data` of.

    Args:
        kind: its type.
        data: of one's own making; what comes from elsewhere may raise anything.
    """
    return msgspec.convert(data, kind)
