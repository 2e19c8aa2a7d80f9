"""The records of what one piece of a program binds, uses and changes; with hardly any code."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Binding", "CallSite", "Facts", "Frame", "How", "Ref", "Vocabulary", "reached"]

# A variable: a global's name as it is, or "name@3" for a local of the function numbered 3.
Ref: TypeAlias = str


class How(enum.Enum):
    """By what kind of statement a name is bound."""

    FUNCTION = "function"
    CLASS = "class"
    VALUE = "value"  # assigned a value that stands in the program
    OTHER = "other"  # by a loop, an unpacking, a context manager …
    LIBRARY = "library"  # imported from elsewhere
    SIBLING = "sibling"  # imported from a module beside the submission


@dataclass(frozen=True)
class Binding:
    """One binding of a top-level name.

    Attributes:
        name: what is bound.
        how: by what kind of statement.
        node: the definition, or the assigned value, if there is one.
        module: where it is imported from.
        original: its name there; empty for the module itself.
    """

    name: str
    how: How
    node: ast.AST | None = None
    module: str = ""
    original: str = ""


@dataclass(frozen=True)
class CallSite:
    """A call of something that the program itself may have defined.

    Attributes:
        callee: ``"f"``, ``".method"``, or empty where something computed is called.
        path: the dotted name as written; empty if it is none.
        receiver: what a method is called on, or what a computed callee was made from.
        arguments: what each positional argument may refer to.
        keywords: the same for arguments passed by name; under ``"**"`` what is unpacked.
        bare: whether the call is a statement of its own.
        known: whether a library or the language itself is called.
        unbound: whether a method is called on its class, the object being an argument.
        line: where it stands.
    """

    callee: Ref
    path: str
    receiver: frozenset[Ref]
    arguments: tuple[frozenset[Ref], ...]
    keywords: Mapping[str, frozenset[Ref]]
    bare: bool
    known: bool
    unbound: bool
    line: int

    @property
    def passed(self) -> frozenset[Ref]:
        """Everything that is passed to the call."""
        return frozenset().union(*self.arguments, *self.keywords.values())


@dataclass
class Frame:
    """What running a body does: a function's when it is called, or a statement's own.

    Attributes:
        parameters: of a function, in order.
        positional: how many of them are passed by place.
        method: whether it stands in a class.
        static: whether it is a method that gets no object.
        initialises: whether its first parameter is an object that has just been made.
        uses: global names that are loaded.
        mutates: what is changed in place.
        rebinds: global names that a function assigns.
        aliases: what a variable may refer to, besides a value of its own.
        derived: what a variable's value was built from and still depends on.
        results: calls whose result a variable holds: the callee, and what was passed to it.
        returns: variables whose objects a function may return.
        gives: calls whose result a function may return, as in `results`.
        encloses: whether a function returns another that keeps hold of its arguments.
        calls: of functions that may be the program's own.
        carries: functions that a variable may hold or wrap.
        configures: whether settings that affect results are changed.
        configures_deep: whether that happens inside a loop, or in a function that may be called.
        dynamic: whether names may change in a way that cannot be seen.
    """

    parameters: tuple[Ref, ...] = ()
    positional: int = 0
    method: bool = False
    static: bool = False
    initialises: bool = False
    uses: set[str] = field(default_factory=set)
    mutates: set[Ref] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    aliases: dict[Ref, set[Ref]] = field(default_factory=dict)
    derived: dict[Ref, set[Ref]] = field(default_factory=dict)
    results: dict[Ref, set[tuple[Ref, frozenset[Ref]]]] = field(default_factory=dict)
    returns: set[Ref] = field(default_factory=set)
    gives: set[tuple[Ref, frozenset[Ref]]] = field(default_factory=set)
    encloses: bool = False
    calls: list[CallSite] = field(default_factory=list)
    carries: dict[Ref, set[Ref]] = field(default_factory=dict)
    configures: bool = False
    configures_deep: bool = False
    dynamic: bool = False

    def absorb(self, inner: Frame) -> None:
        """Take over what a nested function does, for it may be called here."""
        self.mutates |= inner.mutates
        self.rebinds |= inner.rebinds
        self.calls += inner.calls
        self.configures_deep |= inner.configures or inner.configures_deep
        self.dynamic |= inner.dynamic
        for name in ("aliases", "derived", "results", "carries"):
            mine = getattr(self, name)
            for ref, others in getattr(inner, name).items():
                mine.setdefault(ref, set()).update(others)


@dataclass
class Facts:
    """What running one top-level piece of a program binds, uses and changes.

    Attributes:
        frame: what it does at once; `Frame.uses` holds names that must be bound before it.
        must: names that it certainly binds, whatever they were before.
        bindings: every binding of a top-level name in it.
        deferred: names that its functions load when they are called.
        eager: those of them that may be loaded while the piece itself runs.
        codes: what its functions do, by ``"f"``, ``".method"``, ``"Class"`` or ``"local@3"``.
        runs: whether it calls something that may call its own functions.
        star: whether everything is imported from a module that cannot be looked into.
        future: whether it is an import from ``__future__``.
    """

    frame: Frame = field(default_factory=Frame)
    must: frozenset[str] = frozenset()
    bindings: list[Binding] = field(default_factory=list)
    deferred: set[str] = field(default_factory=set)
    eager: set[str] = field(default_factory=set)
    codes: list[tuple[Ref, Frame]] = field(default_factory=list)
    runs: bool = False
    star: bool = False
    future: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """What names mean in the whole program, before any statement is looked at closely.

    Attributes:
        libraries: names that are only ever imported from elsewhere, with their dotted origin.
        classes: names of top-level classes.
        bound: every top-level name that is bound somewhere.
        siblings: modules beside the submission, with the names that each of them defines.
    """

    libraries: Mapping[str, str] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    siblings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reached(refs: Iterable[Ref], links: Mapping[Ref, set[Ref]]) -> set[Ref]:
    """What can be reached from `refs` by following `links`."""
    found: set[Ref] = set()
    stack = [ref for ref in refs if ref in links]
    while stack:
        for other in links.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found
