"""Whether a program asks for single precision anywhere in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from adcheck.model import Source
from adcheck.reading.texts import parse

__all__ = ["names_single_precision"]

_NAMES = frozenset({"float32", "single", "f4", "<f4", "fp32", "disable_x64"})


def names_single_precision(sources: Iterable[Source]) -> bool:
    """Whether float32 is named, or double precision switched off.

    Args:
        sources: Python that parses.
    """
    return any(_asks(node) for source in sources for node in ast.walk(parse(source.text)))


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and node.args:
        last = node.args[-1]
        off = isinstance(last, ast.Constant) and last.value in (False, 0)
        return off and any("x64" in _word(part) for part in (node.func, *node.args))
    return _word(node) in _NAMES


def _word(node: ast.AST) -> str:
    """A name, an attribute or a text as it is written; nothing of other nodes."""
    match node:
        case ast.Attribute(attr=word) | ast.Name(id=word) | ast.Constant(value=str(word)):
            return word
    return ""
