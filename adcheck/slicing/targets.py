"""Which of a student's definitions answers an item: by name, by class, or not at all."""

from __future__ import annotations

import ast
import difflib
import enum
import math
from collections.abc import Iterator, Sequence

from adcheck.model import Place
from adcheck.slicing.facts import Binding, How
from adcheck.slicing.outline import Outline
from adcheck.slicing.references import WRAPPERS, dotted

__all__ = ["Targets"]

_MAX_DEPTH = 50


class _Grade(enum.IntEnum):
    """How much a binding looks like an answer."""

    NONE = 0  # data, or nothing
    LIBRARY = 1  # imported from elsewhere
    STUB = 2
    UNSURE = 3  # a value that may be callable
    SOLID = 4


class Targets:
    """Finds functions and methods in a program.

    Attributes:
        outline: the program.
    """

    def __init__(self, program: Outline) -> None:
        """Look for functions in `program`."""
        self.outline = program

    def resolve(self, names: Sequence[str]) -> str | None:
        """The best accepted name that is defined; among equals the first."""
        best, grade = None, _Grade.LIBRARY
        for candidate in (c for name in names for c in self._candidates(name)):
            found = self._grade(candidate)
            if found > grade:
                best, grade = candidate, found
        return best

    def defines(self, name: str) -> bool:
        """Whether the program itself defines a class or function of that name."""
        return self._grade(name) > _Grade.LIBRARY

    def shadowing(self, target: str) -> Iterator[tuple[str, int]]:
        """Later bindings that give a function's name to mere data, by name and piece."""
        name = target.partition(".")[0]
        for index, binding in reversed(self.outline.bindings.get(name, ())):
            if self._grade_binding(self.outline, index, binding, 0) is not _Grade.NONE:
                return
            yield name, index

    def close_match(self, names: Sequence[str]) -> str | None:
        """A defined function whose name is close to an accepted one."""
        accepted = {name.rpartition(".")[2] for name in names}
        defined = {name.rpartition(".")[2].lower(): name for name in self.defined_names()}
        for name in (n.rpartition(".")[2] for n in names):
            for close in difflib.get_close_matches(name.lower(), defined, n=3, cutoff=0.75):
                if defined[close].rpartition(".")[2] not in accepted:
                    return defined[close]
        return None

    def defined_names(self) -> tuple[str, ...]:
        """Names of top-level functions, classes and their methods, sorted."""
        found: set[str] = set()
        for name, bindings in self.outline.bindings.items():
            for _, binding in bindings:
                if binding.how in (How.FUNCTION, How.CLASS) or "." in name:
                    found.add(name)
                if isinstance(binding.node, ast.ClassDef):
                    found |= {f"{name}.{n.name}" for n in _methods(binding.node)}
        return tuple(sorted(found))

    def literals(self, target: str) -> tuple[float, ...]:
        """Numbers in a function and in what it names, its own first."""
        found: dict[float, None] = {}
        seen: set[str] = set()
        queue = [target]
        for name in queue:
            node = self._node(name)
            if name in seen or node is None or len(seen) > _MAX_DEPTH:
                continue
            seen.add(name)
            for inner in ast.walk(node):
                value = _number(inner)
                if value is not None and math.isfinite(value):
                    found.setdefault(value)
                if isinstance(inner, ast.Name):
                    queue.append(inner.id)
        return tuple(found)

    def place(self, target: str) -> Place | None:
        """Where a function or method is defined, decorators included."""
        index, node = self._found(target)
        if not isinstance(node, ast.stmt | ast.expr):
            return None
        decorators = getattr(node, "decorator_list", [])
        first = min(inner.lineno for inner in (node, *decorators))
        return Place(self.outline.pieces[index].label, first, node.end_lineno or node.lineno)

    def _node(self, target: str) -> ast.AST | None:
        return self._found(target)[1]

    def _found(self, target: str) -> tuple[int, ast.AST | None]:
        """A function's node, and the index of its piece."""
        owner, _, method = target.rpartition(".")
        bindings = self.outline.bindings.get(target, ())
        if owner and not bindings:
            for index, binding in reversed(self.outline.bindings.get(owner, ())):
                if isinstance(binding.node, ast.ClassDef):
                    found = (m for m in _methods(binding.node) if m.name == method)
                    return index, next(found, None)
            return -1, None
        nodes = ((i, b.node) for i, b in reversed(bindings) if b.node is not None)
        return next(nodes, (-1, None))

    def _candidates(self, name: str) -> Iterator[str]:
        if not name.startswith("*."):
            yield name
            return
        for owner, bindings in self.outline.bindings.items():
            if any(b.how in (How.CLASS, How.SIBLING) for _, b in bindings):
                yield f"{owner}.{name[2:]}"

    def _grade(self, name: str) -> _Grade:
        owner, _, method = name.partition(".")
        end = len(self.outline.pieces)
        if method:
            return self._grade_method(self.outline, owner, method, end, 0)
        return self._grade_name(self.outline, name, end, 0)

    def _grade_name(self, program: Outline, name: str, end: int, depth: int) -> _Grade:
        """What a name's last definition before a piece amounts to; mere data is passed over."""
        grade, place = _Grade.NONE, -1
        for index, binding in reversed(program.bindings.get(name, ())):
            if index >= end:
                continue
            if grade is not _Grade.NONE and (index != place or grade is not _Grade.LIBRARY):
                break  # only a fallback beside an import, in the same statement, goes on
            found = self._grade_binding(program, index, binding, depth)
            if found > grade:
                grade, place = found, index
        return grade

    def _grade_binding(self, program: Outline, index: int, binding: Binding, depth: int) -> _Grade:
        node = binding.node
        if binding.how is How.LIBRARY:
            return _Grade.LIBRARY
        if binding.how is How.SIBLING:
            return self._grade_sibling(program, binding, depth)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return _Grade.STUB if _is_stub(node.body) else _Grade.SOLID
        if isinstance(node, ast.ClassDef):
            return _Grade.SOLID
        return self._grade_value(program, index, node, depth + 1)

    def _grade_sibling(self, program: Outline, binding: Binding, depth: int) -> _Grade:
        other = program.siblings.get(binding.module)
        if other is None or not binding.original or depth > _MAX_DEPTH:
            return _Grade.NONE
        return self._grade_name(other, binding.original, len(other.pieces), depth + 1)

    def _grade_value(
        self, program: Outline, index: int, node: ast.AST | None, depth: int
    ) -> _Grade:
        if depth > _MAX_DEPTH:
            return _Grade.NONE
        match node:
            case ast.Lambda():
                return _Grade.STUB if _is_stub([ast.Return(node.body)]) else _Grade.SOLID
            case ast.Name():
                if node.id not in program.bindings:
                    return _Grade.NONE
                found = self._grade_name(program, node.id, index, depth + 1)
                return _Grade.UNSURE if found is _Grade.LIBRARY else found
            case ast.Attribute():
                return _Grade.UNSURE
            case ast.IfExp():
                branches = (node.body, node.orelse)
                return max(self._grade_value(program, index, b, depth + 1) for b in branches)
            case ast.Call():
                return self._grade_call(program, index, node, depth)
        return _Grade.NONE

    def _grade_call(self, program: Outline, index: int, node: ast.Call, depth: int) -> _Grade:
        """A wrapped function, an object, or what a factory returns."""
        path = dotted(node.func)
        if path.rpartition(".")[2] in WRAPPERS:
            return _Grade.SOLID
        if isinstance(node.func, ast.Call):
            return _Grade.SOLID if _makes_decorator(node.func) else _Grade.NONE
        if any(self._class(program, a.id, index, 0) for a in node.args if isinstance(a, ast.Name)):
            return _Grade.UNSURE
        if self._class(program, path, index, 0):
            callable_ = self._grade_method(program, path, "__call__", index, depth + 1)
            return _Grade.SOLID if callable_ > _Grade.STUB else _Grade.NONE
        for _, binding in reversed(program.bindings.get(path, ())):
            if binding.how is How.SIBLING:
                return _Grade.UNSURE
            if isinstance(binding.node, ast.FunctionDef):
                return _Grade.SOLID if _returns_function(binding.node) else _Grade.NONE
        return _Grade.NONE

    def _class(
        self, program: Outline, name: str, end: int, depth: int
    ) -> tuple[Outline, int, ast.ClassDef] | None:
        """The class that a name stands for before a piece, and where it is defined."""
        for index, binding in reversed(program.bindings.get(name, ())):
            if index >= end or depth > _MAX_DEPTH:
                continue
            node = binding.node
            if isinstance(node, ast.ClassDef):
                return program, index, node
            other = program.siblings.get(binding.module)
            if binding.how is How.SIBLING and other is not None:
                return self._class(other, binding.original, len(other.pieces), depth + 1)
            if isinstance(node, ast.Call) and node.args:
                node = node.args[0]
            if isinstance(node, ast.Name):
                return self._class(program, node.id, index, depth + 1)
        return None

    def _grade_method(
        self, program: Outline, owner: str, method: str, end: int, depth: int
    ) -> _Grade:
        """What a class's method amounts to: set later, in its body, or inherited."""
        place = self._class(program, owner, end, 0)
        for index, binding in reversed(program.bindings.get(f"{owner}.{method}", ())):
            after = place is None or place[0] is not program or index > place[1]
            if index < end and after:
                found = self._grade_value(program, index, binding.node, depth + 1)
                return max(found, _Grade.UNSURE) if found is not _Grade.STUB else found
        if place is None or depth > _MAX_DEPTH:
            return _Grade.NONE
        home, index, node = place
        for inner in reversed(_methods(node)):
            if inner.name == method:
                return _Grade.STUB if _is_stub(inner.body) else _Grade.SOLID
        if method in _assigned(node):
            return _Grade.SOLID
        bases = [dotted(base) for base in node.bases]
        grades = (self._grade_method(home, base, method, index, depth + 1) for base in bases)
        return next((grade for grade in grades if grade is not _Grade.NONE), _Grade.NONE)


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions that stand in a class's body, in ifs and the like as well."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    stack: list[ast.AST] = list(reversed(node.body))
    while stack:
        inner = stack.pop()
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(inner)
        elif isinstance(inner, ast.stmt) and not isinstance(inner, ast.ClassDef):
            stack.extend(reversed(list(ast.iter_child_nodes(inner))))
    return found


def _assigned(node: ast.ClassDef) -> set[str]:
    targets = [t for s in node.body if isinstance(s, ast.Assign) for t in s.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_stub(body: Sequence[ast.stmt]) -> bool:
    """Whether a function was left empty."""
    return all(_is_empty(statement) for statement in body)


def _is_empty(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None):
            return True
        case ast.Return(value=ast.Constant(value=value)):
            return value is None or value is Ellipsis
        case ast.Raise(exc=exc):
            error = exc.func if isinstance(exc, ast.Call) else exc
            return error is not None and dotted(error) == "NotImplementedError"
    return False


def _makes_decorator(node: ast.Call) -> bool:
    """Whether a call such as ``partial(jax.jit, static_argnums=0)`` returns a wrapper."""
    last = dotted(node.func).rpartition(".")[2]
    if last == "partial":
        return bool(node.args) and dotted(node.args[0]).rpartition(".")[2] in WRAPPERS
    return last in WRAPPERS and not node.args


def _returns_function(node: ast.FunctionDef) -> bool:
    """Whether a function seems to return a function."""
    inner = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)} - {node.name}
    for statement in ast.walk(node):
        match statement:
            case ast.Return(value=ast.Name(id=name)) if name in inner:
                return True
            case ast.Return(value=ast.Lambda()):
                return True
            case ast.Return(value=ast.Call(func=func)):
                if dotted(func).rpartition(".")[2] in WRAPPERS:
                    return True
    return False


def _number(node: ast.AST) -> float | None:
    """The value of a number, or of simple arithmetic with numbers such as ``-10**-3``."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            try:
                return float(node.value)  # type: ignore[arg-type]
            except OverflowError:
                return None
        case ast.UnaryOp(op=ast.USub()):
            value = _number(node.operand)
            return None if value is None else -value
        case ast.BinOp():
            return _arithmetic(node)
    return None


def _arithmetic(node: ast.BinOp) -> float | None:
    left, right = _number(node.left), _number(node.right)
    if left is None or right is None:
        return None
    try:
        match node.op:
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Pow() if left > 0:
                return float(left**right)
    except (OverflowError, ZeroDivisionError):
        return None
    return None
