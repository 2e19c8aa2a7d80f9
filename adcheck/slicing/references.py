"""What an expression may refer to: names resolved by Python's scope rules."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from adcheck.slicing.facts import Ref, Vocabulary

__all__ = [
    "WRAPPERS",
    "Names",
    "Scope",
    "binds",
    "bound_names",
    "dotted",
    "innermost",
    "last_name",
    "words",
]


def words(text: str) -> frozenset[str]:
    """A set of names written as running text."""
    return frozenset(text.split())


# Calls of these only wrap a function that they are given; they do not call it.
WRAPPERS = frozenset(
    [
        "partial",
        "partialmethod",
        "jit",
        "pjit",
        "grad",
        "value_and_grad",
        "vmap",
        "pmap",
        "hessian",
        "jacfwd",
        "jacrev",
        "jacobian",
        "checkpoint",
        "remat",
        "custom_jvp",
        "custom_vjp",
        "wraps",
        "lru_cache",
        "cache",
        "named_call",
        "dataclass",
        "njit",
        "singledispatch",
        "vectorize",
        "Partial",
    ]
)
# What these builtins return holds what they were given.
_HOLDERS = frozenset(
    [
        "list",
        "tuple",
        "set",
        "dict",
        "frozenset",
        "zip",
        "enumerate",
        "iter",
        "reversed",
        "sorted",
        "filter",
        "vars",
        "getattr",
        "next",
        "super",
        "min",
        "max",
    ]
)
_ACCESSORS = frozenset({"values", "items", "get", "setdefault", "__getitem__", "pop"})
_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "__file__", "__doc__"}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Scope:
    """A block with names of its own.

    Attributes:
        kind: what opens it.
        number: tells its names from those of other scopes.
        parent: the block around it.
        bound: names that are local to it.
        declared: names that it declares ``global``.
    """

    kind: Literal["module", "function", "class", "comprehension"]
    number: str = ""
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)

    def resolve(self, name: str) -> Ref:
        """The variable that `name` means here; functions do not see a class's names."""
        scope = self
        while scope.parent is not None and name not in scope.declared:
            if name in scope.bound and (scope.kind != "class" or scope is self):
                return f"{name}@{scope.number}"
            scope = scope.parent
        return name


def dotted(node: ast.AST) -> str:
    """``"a.b.c"`` for such an expression, else an empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def innermost(node: ast.expr) -> ast.expr:
    """Where a computed callee starts: ``jax.jit`` in ``jax.jit(f)``."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Call) and dotted(inner.func) in ("get_ipython", "super"):
            return inner.func
    return node


def last_name(node: ast.AST) -> str:
    """``"c"`` for ``a.b.c``, whatever stands before it."""
    return node.attr if isinstance(node, ast.Attribute) else dotted(node)


class Names:
    """Looks names up, knowing what the program's top level binds."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Use what is known about the program's top-level names."""
        self._vocabulary = vocabulary

    def origin(self, node: ast.AST, scope: Scope) -> str | None:
        """Where a dotted expression leads if it starts at a library or a builtin, else None."""
        path = dotted(node)
        root, _, rest = path.partition(".")
        if not path or scope.resolve(root) != root:
            return None
        library = self._vocabulary.libraries.get(root)
        if library is None:
            builtin = root in _BUILTINS and root not in self._vocabulary.bound
            return path if builtin else None
        return f"{library}.{rest}" if rest else library

    def roots(self, node: ast.AST | None, scope: Scope) -> frozenset[Ref]:
        """The variables whose objects an expression's value may be, hold, or be a part of."""
        return frozenset(
            ref for ref in self._roots(node, scope) if ref not in self._vocabulary.libraries
        )

    def derived(self, node: ast.AST | None, scope: Scope) -> frozenset[Ref]:
        """The variables that a wrapper or an instance of the program's classes is made from."""
        if not isinstance(node, ast.Call):
            return frozenset()
        path = dotted(node.func)
        if path.rpartition(".")[2] not in WRAPPERS and path not in self._vocabulary.classes:
            return frozenset()
        parts = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
        return frozenset().union(*(self.roots(part, scope) for part in parts))

    def results(self, node: ast.AST | None, scope: Scope) -> Iterator[tuple[Ref, frozenset[Ref]]]:
        """Calls of the program's own functions whose result an expression's value may hold."""
        match node:
            case ast.Tuple() | ast.List():
                for element in node.elts:
                    yield from self.results(element, scope)
            case ast.IfExp():
                yield from self.results(node.body, scope)
                yield from self.results(node.orelse, scope)
            case ast.Attribute() | ast.Subscript() | ast.Starred():
                yield from self.results(node.value, scope)
            case ast.Call():
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                if last_name(node.func) in WRAPPERS or self.origin(node.func, scope) in _HOLDERS:
                    for value in values:
                        yield from self.results(value, scope)
                elif self.origin(innermost(node.func), scope) is None:
                    parts = [node.func, *values]
                    passed = frozenset().union(*(self.roots(part, scope) for part in parts))
                    yield self._callee(node.func, scope), passed

    def _callee(self, node: ast.AST, scope: Scope) -> Ref:
        while isinstance(node, ast.Call):
            node = node.func
        if isinstance(node, ast.Name):
            return scope.resolve(node.id)
        return f".{node.attr}" if isinstance(node, ast.Attribute) else ""

    def _roots(self, node: ast.AST | None, scope: Scope) -> Iterator[Ref]:
        match node:
            case ast.Name():
                yield scope.resolve(node.id)
            case ast.Attribute() | ast.Subscript() | ast.Starred() | ast.Await():
                yield from self._roots(node.value, scope)
            case ast.Tuple() | ast.List() | ast.Set():
                for element in node.elts:
                    yield from self._roots(element, scope)
            case ast.Dict():
                for element in node.values:
                    yield from self._roots(element, scope)
            case ast.IfExp():
                yield from self._roots(node.body, scope)
                yield from self._roots(node.orelse, scope)
            case ast.BoolOp():
                for element in node.values:
                    yield from self._roots(element, scope)
            case ast.BinOp(op=ast.Add() | ast.BitOr() | ast.Mult()):
                for element in (node.left, node.right):
                    if not isinstance(element, ast.Name):  # numbers far outnumber lists of objects
                        yield from self._roots(element, scope)
            case ast.NamedExpr():
                yield from self._roots(node.target, scope)
            case ast.Call():
                yield from self._call_roots(node, scope)
            case _ if isinstance(node, _COMPREHENSIONS):
                for generator in node.generators:
                    yield from self._roots(generator.iter, scope)

    def _call_roots(self, node: ast.Call, scope: Scope) -> Iterator[Ref]:
        if self.origin(node.func, scope) in _HOLDERS:
            for element in node.args:
                yield from self._roots(element, scope)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _ACCESSORS:
            yield from self._roots(node.func.value, scope)


def bound_names(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """The names that a function's body binds, and those that it declares ``global``.

    ``nonlocal`` names belong to neither.
    """
    bound: set[str] = set()
    declared: set[str] = set()
    outer: set[str] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        bound.update(binds(node))
        match node:
            case ast.Global():
                declared.update(node.names)
            case ast.Nonlocal():
                outer.update(node.names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = [d for d in node.args.kw_defaults if d is not None]
                stack += [*node.decorator_list, *node.args.defaults, *defaults]
            case ast.ClassDef():
                stack += [*node.decorator_list, *node.bases]
            case ast.Lambda():
                stack += node.args.defaults
            case _ if isinstance(node, _COMPREHENSIONS):
                bound.update(walrus_names(node))
            case _:
                stack.extend(ast.iter_child_nodes(node))
    return bound - declared - outer, declared


def walrus_names(node: ast.AST) -> set[str]:
    """Names that ``:=`` binds inside a comprehension."""
    return {sub.target.id for sub in ast.walk(node) if isinstance(sub, ast.NamedExpr)}


def binds(node: ast.AST) -> Iterator[str]:
    """The names that one node binds by itself, whatever is inside it."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            if node.name:
                yield node.name
        case ast.MatchMapping():
            if node.rest:
                yield node.rest
