"""Which pieces of a program some of its names need, followed backwards to a fixpoint."""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from adcheck.slicing.closure import gathered
from adcheck.slicing.facts import Ref
from adcheck.slicing.outline import Outline, Piece

__all__ = ["Needs", "TooManyNeedsError"]

# Builtins that array libraries define as well: `from jax.numpy import *` gives them a new meaning.
_SHADOWED = frozenset({"abs", "all", "any", "divmod", "max", "min", "pow", "round", "sum"})
_BUILTINS = frozenset(dir(builtins)) - _SHADOWED
# Needs of a real program number a few thousands; beyond this, slicing would take too long.
_MAX_NEEDS = 100_000
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class TooManyNeedsError(Exception):
    """Raised when a program is so entangled that slicing it would take too long."""


@dataclass
class _Name:
    """Where one name is bound and changed; all lists hold indexes of pieces in order.

    Attributes:
        binders: where it is bound, perhaps or certainly.
        certain: where it is bound for certain.
        changers: where what it stands for may be changed.
        links: binders after which other names stand for the same object or for parts of it.
    """

    binders: list[int] = field(default_factory=list)
    certain: list[int] = field(default_factory=list)
    changers: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)

    def since(self, point: int) -> int:
        """The last binder before `point` that is certain, or -1."""
        place = bisect_left(self.certain, point)
        return self.certain[place - 1] if place else -1


class Needs:
    """Collects the pieces that are needed.

    Attributes:
        kept: indexes of pieces that are needed so far.
    """

    def __init__(self, program: Outline, shadowing: Collection[tuple[str, int]] = ()) -> None:
        """Index the program's bindings and changes.

        Args:
            program: what is cut down.
            shadowing: bindings, by name and piece, that are not a name's last definition.
        """
        self.kept: set[int] = set()
        self._pieces = program.pieces
        self._effects = program.effects
        self._end = len(program.pieces)
        # A graded function's last definition counts, even where data takes its name afterwards.
        self._definition_ends: dict[str, int] = {}
        for name, index in shadowing:
            self._definition_ends[name] = min(index, self._definition_ends.get(name, index))
        self._names: dict[str, _Name] = defaultdict(_Name)
        self._stars: list[int] = []
        self._settings: list[int] = []
        self._seen: set[tuple[str, int, int]] = set()
        self._walked: dict[tuple[int, int], int] = {}
        self._queue: list[tuple[str, int]] = []
        self._index()
        self._gather_code()

    def require(self, names: Iterable[str]) -> None:
        """Keep whatever gives `names` their values at the end of the program."""
        for name in sorted(names):
            self._need(name, self._end)
        self._settle()
        if self.kept:
            for index in self._settings:
                self._keep(index)
            self._settle()

    def _settle(self) -> None:
        while self._queue:
            name, point = self._queue.pop()
            self._satisfy(name, point)

    def _index(self) -> None:
        effects = {
            index: self._effects.of_piece(piece.facts)
            for index, piece in enumerate(self._pieces)
            if not piece.guarded
        }
        for index, effect in effects.items():
            facts = self._pieces[index].facts
            names = {binding.name for binding in facts.bindings if "." not in binding.name}
            for name in names | effect.rebinds:
                entry = self._names[name]
                entry.binders.append(index)
                entry.certain += [index] if name in facts.must else []
                entry.links += [index] if self._effects.linked(facts.frame, name) else []
            self._stars += [index] if facts.star else []
            self._settings += [index] if facts.future or facts.frame.configures else []
        for index, effect in effects.items():
            for name in self._changed(effect.mutates, index):
                self._names[name].changers.append(index)

    def _changed(self, refs: Iterable[Ref], index: int) -> set[str]:
        """The globals that a piece changes, through other names for the same object as well."""
        found: set[str] = set()
        stack = [(ref, index + 1) for ref in refs]
        seen = set(stack)
        while stack:
            ref, point = stack.pop()
            links = [(other, index + 1) for other in self._aliases(index, ref)]
            if "@" not in ref:
                found.add(ref)
                for binder in self._linked(ref, self._names[ref].since(point - 1), point):
                    links += [(other, binder + 1) for other in self._aliases(binder, ref)]
            fresh = [link for link in links if link not in seen]
            seen.update(fresh)
            stack += fresh
        return found

    def _aliases(self, index: int, ref: Ref) -> Collection[Ref]:
        return self._effects.aliased(self._pieces[index].facts.frame, ref)

    def _linked(self, name: str, since: int, point: int) -> list[int]:
        links = self._names[name].links
        return links[bisect_left(links, since) : bisect_left(links, point)]

    def _need(self, name: str, point: int) -> None:
        if len(self._seen) > _MAX_NEEDS:
            raise TooManyNeedsError
        if (name, point, -2) not in self._seen:
            self._seen.add((name, point, -2))
            self._queue.append((name, point))

    def _satisfy(self, name: str, point: int) -> None:
        """Keep what gives a name its value just before `point`."""
        entry = self._names[name]
        if point == self._end:
            point = self._definition_ends.get(name, point)
        since = entry.since(point)
        if since < 0 and name not in _BUILTINS:
            for index in self._stars:
                if index < point:
                    self._keep(index)
        self._keep_range(entry.binders, since, point)
        self._keep_range(entry.changers, since + 1, point)
        self._follow_links(name, since, point)

    def _follow_links(self, name: str, since: int, point: int) -> None:
        """Keep what changes an object through the other names that it had when it was bound."""
        stack = self._links(name, since, point)
        while stack:
            other, binder = stack.pop()
            if (other, binder, point) not in self._seen:
                self._seen.add((other, binder, point))
                self._keep_range(self._names[other].changers, binder + 1, point)
                # one piece may bind both names: its own links count too
                stack += self._links(other, self._names[other].since(binder), binder + 1)

    def _links(self, name: str, since: int, point: int) -> list[tuple[str, int]]:
        return [
            (other, binder)
            for binder in self._linked(name, since, point)
            for other in self._effects.linked(self._pieces[binder].facts.frame, name)
            if "@" not in other
        ]

    def _keep_range(self, indexes: list[int], since: int, point: int) -> None:
        """Keep the pieces of a list from one point to another, going over none twice."""
        for place in range(bisect_left(indexes, point) - 1, bisect_left(indexes, since) - 1, -1):
            key = (id(indexes), place)
            if self._walked.get(key, self._end + 1) <= since:
                return
            self._walked[key] = since
            self._keep(indexes[place])

    def _keep(self, index: int) -> None:
        if index in self.kept:
            return
        self.kept.add(index)
        facts = self._pieces[index].facts
        for name in facts.frame.uses:
            self._need(name, index)
        for name in facts.deferred:
            self._need(name, self._end)
        for name in facts.eager:
            self._need(name, index)
        if _runs(self._pieces[index]):
            self._need_code(facts.frame.uses | facts.eager, index)

    def _need_code(self, names: Iterable[str], point: int) -> None:
        """Functions that may be called at `point` need their names as they are there."""
        mask = 0
        for name in names:
            mask |= self._code.get(name, 0)
        while mask:
            lowest = mask & -mask
            self._need(self._named[lowest.bit_length() - 1], point)
            mask ^= lowest

    def _gather_code(self) -> None:
        """Find the names that functions load which a variable may hold, however deep."""
        edges: dict[str, set[str]] = defaultdict(set)
        loaded: dict[str, set[str]] = defaultdict(set)
        for name, entry in self._names.items():
            for index in {*entry.binders, *entry.changers}:
                facts = self._pieces[index].facts
                edges[name] |= facts.frame.uses | facts.deferred
                loaded[name] |= facts.deferred
        self._named = list(edges)
        self._code = gathered(edges, loaded)


def _runs(piece: Piece) -> bool:
    """Whether running a piece may call functions, rather than only define some."""
    return piece.facts.runs or not all(isinstance(s, _DEFINITIONS) for s in piece.statements)
