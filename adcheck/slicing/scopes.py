"""One top-level piece of a program into facts: what it binds, uses and changes when it runs.

Scopes are Python's: comprehensions and functions have names of their own, class bodies hide
theirs from the functions within, a walrus binds outside its comprehension. Code that runs with
the piece is told apart from code that runs when a function is called.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from adcheck.slicing.bindings import Defined
from adcheck.slicing.definitions import Definer
from adcheck.slicing.facts import Binding, Facts, How, Vocabulary
from adcheck.slicing.references import last_name

__all__ = ["piece_facts"]

_SUPPRESSORS = frozenset({"suppress", "raises", "assertRaises"})


def piece_facts(statements: Sequence[ast.stmt], vocabulary: Vocabulary, number: int) -> Facts:
    """Analyse statements that are kept or left out together.

    Args:
        statements: what stands on the piece's lines.
        vocabulary: what names mean in the whole program.
        number: of the piece, to tell its local names from others.

    Raises:
        RecursionError: if they are nested too deeply.
    """
    walker = _Walker(vocabulary, number)
    walker.block(statements)
    return walker.finish()


class _Walker(Definer):
    """Walks control flow, following what is bound on every way through it."""

    def if_(self, node: ast.If) -> None:
        self.visit(node.test)
        before = self._defined
        self.block(node.body)
        after, self._defined = self._defined, before
        self.block(node.orelse)
        self._defined = _meet(after, self._defined)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self.visit(node.test if isinstance(node, ast.While) else node.iter)
        before = self._defined
        self.loops += 1
        if not isinstance(node, ast.While):
            self.store(node.target, node.iter, exact=False)
        self.block(node.body)
        self.loops -= 1
        self._defined = before
        self.block(node.orelse)
        self._defined = before

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        suppresses = False
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.store(item.optional_vars, item.context_expr, exact=False)
            if isinstance(item.context_expr, ast.Call):
                suppresses |= last_name(item.context_expr.func) in _SUPPRESSORS
        before = self._defined
        self.block(node.body)
        if suppresses:
            self._defined = before

    def try_(self, node: Any) -> None:
        before = self._defined
        self.block([*node.body, *node.orelse])
        after = self._defined
        for handler in node.handlers:
            self._defined = before
            self.visit(handler.type)
            if handler.name:
                self.bind(Binding(handler.name, How.OTHER))
            self.block(handler.body)
            if handler.name and self._defined is not None:
                self._defined -= {handler.name}
            after = _meet(after, self._defined)
        self._defined = before
        self.block(node.finalbody)
        if self._defined is not None and after is not None:
            self._defined = after | (self._defined - (before or frozenset()))
        elif after is None:
            self._defined = None

    def match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        before = after = self._defined
        for case in node.cases:
            self._defined = before
            for pattern in ast.walk(case.pattern):
                self._pattern(pattern, node.subject)
            self.visit(case.guard)
            self.block(case.body)
            after = _meet(after, self._defined)
        self._defined = after

    def _pattern(self, pattern: ast.AST, subject: ast.AST) -> None:
        match pattern:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.bind(Binding(name, How.OTHER), subject)
            case ast.MatchMapping(rest=str(name)):
                self.bind(Binding(name, How.OTHER), subject)
            case ast.Name(ctx=ast.Load()):
                self.load(pattern.id)

    def expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._calls.call(node.value, bare=True)
        else:
            self.visit(node.value)

    def call(self, node: ast.Call) -> None:
        self._calls.call(node, bare=False)


def _meet(one: Defined, other: Defined) -> Defined:
    if one is None or other is None:
        return other if one is None else one
    return one & other


_Walker.handlers = {
    "Name": _Walker.name,
    "Assign": _Walker.assign,
    "AugAssign": _Walker.aug_assign,
    "AnnAssign": _Walker.ann_assign,
    "NamedExpr": _Walker.named_expr,
    "Delete": _Walker.delete,
    "Import": _Walker.import_,
    "ImportFrom": _Walker.import_from,
    "FunctionDef": _Walker.function,
    "AsyncFunctionDef": _Walker.function,
    "Lambda": _Walker.lambda_,
    "ClassDef": _Walker.class_,
    "TypeAlias": _Walker.type_alias,
    "ListComp": _Walker.comprehension,
    "SetComp": _Walker.comprehension,
    "DictComp": _Walker.comprehension,
    "GeneratorExp": _Walker.comprehension,
    "If": _Walker.if_,
    "For": _Walker.loop,
    "AsyncFor": _Walker.loop,
    "While": _Walker.loop,
    "With": _Walker.with_,
    "AsyncWith": _Walker.with_,
    "Try": _Walker.try_,
    "TryStar": _Walker.try_,
    "Match": _Walker.match,
    "Raise": _Walker.leave,
    "Return": _Walker.return_,
    "Yield": _Walker.yield_,
    "YieldFrom": _Walker.yield_,
    "Break": _Walker.leave,
    "Continue": _Walker.leave,
    "Expr": _Walker.expression,
    "Call": _Walker.call,
}
