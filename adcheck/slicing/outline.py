"""A program as the sequence of its top-level pieces, with what each one binds and changes."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from adcheck.model import Sibling, Source
from adcheck.reading.texts import parse
from adcheck.slicing.effects import Effects
from adcheck.slicing.facts import Binding, Facts, How, Vocabulary
from adcheck.slicing.references import binds
from adcheck.slicing.scopes import piece_facts

__all__ = ["Outline", "Piece", "outline"]

_CLOSED = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


@dataclass(frozen=True)
class Piece:
    """Top-level statements that share their lines, so that they stay or go together.

    Attributes:
        source: index of the source that they stand in.
        label: of that source.
        statements: one, or several between semicolons.
        first: their first line, decorators included, from 1.
        last: their last line.
        facts: what running them does.
    """

    source: int
    label: str
    statements: tuple[ast.stmt, ...]
    first: int
    last: int
    facts: Facts

    @cached_property
    def guarded(self) -> bool:
        """Whether this runs only where the file is run as a script."""
        return all(_is_main_guard(statement) for statement in self.statements)

    @property
    def where(self) -> str:
        """How a person finds it."""
        return f"{self.label}, line {self.first}"


@dataclass
class Outline:
    """A program's pieces, and the top-level names that they bind.

    Attributes:
        sources: what was read.
        pieces: in the order in which they run.
        vocabulary: what names mean.
        siblings: outlines of the modules beside it, by dotted name.
    """

    sources: tuple[Source, ...]
    pieces: tuple[Piece, ...]
    vocabulary: Vocabulary
    siblings: Mapping[str, Outline] = field(default_factory=dict)

    @cached_property
    def bindings(self) -> Mapping[str, Sequence[tuple[int, Binding]]]:
        """Every binding of every top-level name, main guards left out, with its piece's index."""
        found: dict[str, list[tuple[int, Binding]]] = defaultdict(list)
        for index, piece in enumerate(self.pieces):
            if not piece.guarded:
                for binding in piece.facts.bindings:
                    found[binding.name].append((index, binding))
        return found

    @cached_property
    def effects(self) -> Effects:
        """What calls change."""
        return Effects([piece.facts for piece in self.pieces])


def outline(sources: Sequence[Source], siblings: Sequence[Sibling] = ()) -> Outline:
    """Take a program apart.

    Args:
        sources: Python that parses.
        siblings: the modules beside it.
    """
    trees = {sibling.name: _tree(sibling.source) for sibling in siblings}
    exports = {name: tuple(_exports(name, trees, set())) for name in trees}
    others = {
        sibling.name: _outline([sibling.source], [trees[sibling.name]], exports, {})
        for sibling in siblings
    }
    for inner in others.values():
        inner.siblings = others
    return _outline(sources, [_tree(source) for source in sources], exports, others)


def _outline(
    sources: Sequence[Source],
    trees: Sequence[ast.Module],
    exports: Mapping[str, tuple[str, ...]],
    siblings: Mapping[str, Outline],
) -> Outline:
    vocabulary = _vocabulary([s for tree in trees for s in tree.body], exports)
    pieces: list[Piece] = []
    for number, (source, tree) in enumerate(zip(sources, trees, strict=True)):
        for group in _groups(tree.body):
            facts = _facts(group, vocabulary, len(pieces))
            first, last = _first_line(group[0]), max(s.end_lineno or s.lineno for s in group)
            pieces.append(Piece(number, source.label, tuple(group), first, last, facts))
    return Outline(tuple(sources), tuple(pieces), vocabulary, siblings)


def _tree(source: Source) -> ast.Module:
    try:
        return parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _facts(statements: Sequence[ast.stmt], vocabulary: Vocabulary, number: int) -> Facts:
    try:
        return piece_facts(statements, vocabulary, number)
    except RecursionError:
        return _crude_facts(statements)


def _crude_facts(statements: Sequence[ast.stmt]) -> Facts:
    """Facts about what is nested too deeply to be walked: it may do anything to its names."""
    facts = Facts(runs=True)
    how = {ast.FunctionDef: How.FUNCTION, ast.ClassDef: How.CLASS}
    for node in (node for statement in statements for node in ast.walk(statement)):
        kind = how.get(type(node), How.OTHER) if node in statements else How.OTHER
        facts.bindings += [Binding(name, kind, node) for name in binds(node)]
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            facts.frame.uses.add(node.id)
    facts.deferred |= facts.frame.uses
    facts.frame.mutates |= facts.frame.uses
    return facts


def _groups(statements: Iterable[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line, together."""
    group: list[ast.stmt] = []
    for statement in statements:
        if group and _first_line(statement) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(statement)
    if group:
        yield group


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _vocabulary(
    statements: Sequence[ast.stmt], exports: Mapping[str, tuple[str, ...]]
) -> Vocabulary:
    libraries: dict[str, str] = {}
    bound: set[str] = set()
    classes: set[str] = set()
    for node in _open_nodes(statements):
        if isinstance(node, ast.Import | ast.ImportFrom) and not _from_sibling(node, exports):
            libraries.update(_origins(node))
        else:
            names = set(binds(node))
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                names |= set(exports.get(node.module or "", ()))
            bound |= names
            classes |= {node.name} if isinstance(node, ast.ClassDef) else set()
    kept = {name: path for name, path in libraries.items() if name not in bound}
    return Vocabulary(kept, frozenset(classes), frozenset(bound | set(libraries)), exports)


def _open_nodes(statements: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Every node that runs with the program itself, without the insides of definitions."""
    stack = list(statements)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _CLOSED):
            stack.extend(ast.iter_child_nodes(node))


def _from_sibling(node: ast.Import | ast.ImportFrom, exports: Mapping[str, object]) -> bool:
    if isinstance(node, ast.ImportFrom):
        return bool(node.level) or (node.module or "").partition(".")[0] in exports
    return any(alias.name.partition(".")[0] in exports for alias in node.names)


def _origins(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            top = alias.name.partition(".")[0]
            yield top, top


def _exports(name: str, trees: Mapping[str, ast.Module], seen: set[str]) -> Iterator[str]:
    """The names that ``from name import *`` binds."""
    if name in seen or name not in trees:
        return
    seen.add(name)
    listed = _listed(trees[name])
    names: set[str] = set()
    for node in _open_nodes(trees[name].body):
        names |= set(binds(node)) - {"*"}
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            names |= set(_exports(node.module or "", trees, seen))
    yield from sorted(n for n in names if (n in listed if listed else not n.startswith("_")))


def _listed(tree: ast.Module) -> set[str]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple()):
                constants = ast.walk(statement.value)
                return {str(c.value) for c in constants if isinstance(c, ast.Constant)}
    return set()


def _is_main_guard(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
            return {_word(left), _word(right)} == {("name", "__name__"), ("text", "__main__")}
    return False


def _word(node: ast.expr) -> tuple[str, object]:
    match node:
        case ast.Name(id=name):
            return "name", name
        case ast.Constant(value=str(text)):
            return "text", text
    return "other", None
