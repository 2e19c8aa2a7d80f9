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
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
            return name in _NAMES
        case ast.Call(func=function, args=args):
            texts = [ast.unparse(part) for part in (function, *args)]
            return any("x64" in text for text in texts) and texts[-1] in ("False", "0")
    return False
