"""What names stand for: loads, assignments and imports of one top-level piece of a program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from adcheck.slicing.calls import CallReader
from adcheck.slicing.facts import Binding, Facts, How, Ref, Vocabulary
from adcheck.slicing.references import Names, Scope

__all__ = ["Binder", "Defined", "parts_of"]

Defined: TypeAlias = "frozenset[str] | None"  # None where control never comes


class Binder:
    """Walks a piece in the order in which it runs, knowing which names are bound so far.

    Attributes:
        handlers: what walks each type of node; others are walked child by child.
        vocabulary: what names mean in the whole program.
        names: looks names up.
        facts: what was found.
        frame: what the body that is being walked does.
        scope: where names are looked up.
        loops: how many loops of this frame are around.
        number: of the piece.
    """

    handlers: ClassVar[Mapping[str, Callable[[Any, Any], None]]] = {}

    def __init__(self, vocabulary: Vocabulary, number: int) -> None:
        """Begin the piece numbered `number`."""
        self.vocabulary = vocabulary
        self.names = Names(vocabulary)
        self.facts = Facts()
        self.frame = self.facts.frame
        self.scope = Scope("module")
        self.loops = 0
        self._defined: Defined = frozenset()
        self._lazy = 0
        self._plain_imports: set[str] = set()
        self.number = number
        self._scopes = 0
        self._classes: list[Ref] = []
        self._lambdas: dict[int, Ref] = {}
        self._calls = CallReader(self)

    @property
    def immediate(self) -> bool:
        """Whether what is walked runs with the piece itself."""
        return self.frame is self.facts.frame

    def finish(self) -> Facts:
        """The facts, after everything was walked."""
        facts = self.facts
        facts.must = (self._defined or frozenset()) - self._plain_imports
        if not facts.runs:
            facts.eager.clear()
        return facts

    def block(self, statements: Iterable[ast.AST]) -> None:
        """Walk several nodes in order."""
        for statement in statements:
            self.visit(statement)

    def visit(self, node: ast.AST | None) -> None:
        """Walk one node, if there is one."""
        if node is None:
            return
        handler = self.handlers.get(type(node).__name__)
        if handler is not None:
            handler(self, node)
        else:
            self.block(ast.iter_child_nodes(node))

    def load(self, name: str) -> None:
        """Take note that a name is used."""
        ref = self.scope.resolve(name)
        if "@" in ref:
            return
        if self._lazy:
            self.facts.deferred.add(name)
        if not self.immediate or self._defined is None or name not in self._defined:
            self.frame.uses.add(name)

    def bind(self, binding: Binding, value: ast.AST | None = None) -> None:
        """Take note that a name is bound, to what `value` stands for if that is known."""
        name, scope = binding.name, self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if scope.kind == "class" and name not in scope.declared:
            scope.bound.add(name)
        ref = scope.resolve(name)
        if "@" not in ref:
            if self.immediate:
                self.facts.bindings.append(binding)
                if self._defined is not None:
                    self._defined |= {name}
            else:
                self.frame.rebinds.add(name)
        if value is not None:
            self._link(ref, value)

    def _link(self, ref: Ref, value: ast.AST) -> None:
        roots = self.names.roots(value, self.scope)
        derived = self.names.derived(value, self.scope)
        lambdas = self.lambdas(value)
        carried = roots | derived | lambdas
        for links, refs in (
            (self.frame.aliases, roots),
            (self.frame.derived, derived),
            (self.frame.carries, carried),
        ):
            if refs:
                links.setdefault(ref, set()).update(refs)
        results = set(self.names.results(value, self.scope))
        if results:
            self.frame.results.setdefault(ref, set()).update(results)

    def lambdas(self, node: ast.AST) -> set[Ref]:
        """The lambdas that an expression's value may hold; they must have been walked."""
        return {self._lambdas[id(n)] for n in parts_of(node) if id(n) in self._lambdas}

    def name(self, node: ast.Name) -> None:
        """Walk a name that is loaded, bound or deleted."""
        if isinstance(node.ctx, ast.Store):
            self.bind(Binding(node.id, How.OTHER))
            return
        self.load(node.id)
        if isinstance(node.ctx, ast.Del):
            self.frame.mutates.add(self.scope.resolve(node.id))
            if self.immediate and self._defined is not None:
                self._defined -= {node.id}

    def store(self, target: ast.AST, value: ast.AST | None, exact: bool = True) -> None:
        """Assign to a target; `exact` if it gets the value itself and not a part of it."""
        match target:
            case ast.Name():
                node = value if exact else None
                how = How.VALUE if node is not None else How.OTHER
                self.bind(Binding(target.id, how, node), value)
            case ast.Tuple() | ast.List():
                parts = _paired(target, value)
                for index, element in enumerate(target.elts):
                    self.store(element, parts[index] if parts else value, bool(parts) and exact)
            case ast.Starred():
                self.store(target.value, value, exact=False)
            case ast.Attribute() | ast.Subscript():
                self.block(ast.iter_child_nodes(target))
                self._calls.store(target, value)

    def aug_assign(self, node: ast.AugAssign) -> None:
        """Walk ``x += y``, which uses, changes and binds."""
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.load(node.target.id)
            self.frame.mutates.add(self.scope.resolve(node.target.id))
            self.bind(Binding(node.target.id, How.OTHER))
        else:
            self.store(node.target, None)

    def named_expr(self, node: ast.NamedExpr) -> None:
        """Walk ``x := y``."""
        self.visit(node.value)
        self.store(node.target, node.value)

    def delete(self, node: ast.Delete) -> None:
        """Walk ``del``."""
        for target in node.targets:
            if isinstance(target, ast.Attribute | ast.Subscript):
                self.store(target, None)
            else:
                self.visit(target)

    def import_(self, node: ast.Import) -> None:
        """Walk ``import``; a plain one adds a submodule to what it bound before."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            sibling = alias.name.partition(".")[0] in self.vocabulary.siblings
            self.bind(Binding(name, How.SIBLING if sibling else How.LIBRARY, None, module))
            if not alias.asname:
                self._plain_imports.add(name)

    def import_from(self, node: ast.ImportFrom) -> None:
        """Walk ``from … import``."""
        module = node.module or ""
        sibling = bool(node.level) or module.partition(".")[0] in self.vocabulary.siblings
        how = How.SIBLING if sibling else How.LIBRARY
        self.facts.future |= module == "__future__"
        for alias in node.names:
            if alias.name != "*":
                name = alias.asname or alias.name
                self.bind(Binding(name, how, None, module, alias.name))
            elif sibling:
                for name in self.vocabulary.siblings.get(module, ()):
                    self.bind(Binding(name, how, None, module, name))
            else:
                self.facts.star = True


def _paired(target: ast.Tuple | ast.List, value: ast.AST | None) -> list[ast.expr]:
    """The values of an unpacking, where each target's own can be seen."""
    starred = any(isinstance(element, ast.Starred) for element in target.elts)
    if starred or not isinstance(value, ast.Tuple | ast.List):
        return []
    seen = any(isinstance(element, ast.Starred) for element in value.elts)
    return [] if seen or len(value.elts) != len(target.elts) else value.elts


def parts_of(value: ast.AST) -> Iterator[ast.AST]:
    """An expression, and the elements and arguments in it."""
    yield value
    if not isinstance(value, ast.Lambda):
        for part in [*getattr(value, "elts", ()), *getattr(value, "args", ())]:
            yield from parts_of(part)
