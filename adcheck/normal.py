"""Python without what is easily changed: names, literals, docstrings, comments, layout; pure.

Programs that differ in nothing else have the same normal form.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

__all__ = ["Token", "tokens"]

_CHARACTERS: Final = 300_000  # of one program; a homework has some ten thousand
_TOKENS: Final = 60_000  # of one program
_ATTEMPTS: Final = 400  # statements that are tried one by one where a piece does not parse
_STATEMENT: Final = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_UNTOLD: Final = (ast.expr_context, ast.type_ignore)


class Token(NamedTuple):
    """A node of the program, and the function or class at the top level that it stands in."""

    text: str
    function: str


def tokens(texts: Sequence[str]) -> Iterator[list[Token]]:
    """The normal form of each piece of a program that has one.

    Args:
        texts: pieces of Python, such as a notebook's cells.

    Yields:
        For each top-level statement its nodes in order, parents first. Imports are left out.
    """
    left = _CHARACTERS
    trees = []
    for text in texts:
        trees += _parsed(text[:left])
        left -= min(len(text), left)
    own = {name for tree in trees for name in _own_names(tree)}
    room = _TOKENS
    for tree in trees:
        for statement in tree.body:
            piece = [] if _is_bare(statement) else list(_nodes(statement, own, room))
            room -= len(piece)
            if piece:
                yield piece


def _parsed(text: str) -> list[ast.Module]:
    """The text as a whole or, where that does not parse, those of its statements that do."""
    whole = _parse(text)
    if whole is not None:
        return [whole]
    starts = [match.start() for match in _STATEMENT.finditer(text)][:_ATTEMPTS]
    ends = [*starts[1:], len(text)]
    parts = (_parse(text[start:end]) for start, end in zip(starts, ends, strict=False))
    return [part for part in parts if part is not None]


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _own_names(tree: ast.Module) -> Iterator[str]:
    """Names that the program itself gives to functions, classes and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg


def _is_bare(statement: ast.stmt) -> bool:
    """Whether a statement says nothing: an import, or a text that stands alone."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _nodes(statement: ast.stmt, own: set[str], most: int) -> Iterator[Token]:
    """Without recursion: hostile programs are nested deeper than Python's stack."""
    function = getattr(statement, "name", "")
    stack: list[ast.AST] = [statement]
    while stack and most > 0:
        node = stack.pop()
        if isinstance(node, _UNTOLD) or (isinstance(node, ast.stmt) and _is_bare(node)):
            continue
        most -= 1
        yield Token(_text(node, own), function)
        stack += reversed(list(_children(node)))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that matter; annotations do not."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params"):
            continue
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            yield from (part for part in value if isinstance(part, ast.AST))


def _text(node: ast.AST, own: set[str]) -> str:
    """What kind of node it is, and the name of what the program uses but did not define."""
    kind = type(node).__name__
    used = ""
    if isinstance(node, ast.Attribute):
        used = node.attr
    elif isinstance(node, ast.keyword):
        used = node.arg or "**"
    return kind if not used or used in own else f"{kind} {used}"
