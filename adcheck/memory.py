"""What grading a file has shown, for grading it again after a change: only what the change touches.

A result is kept as long as everything that decided on it is: the part of the file that its function
needs, and that of the functions on which it builds. See `adcheck.survey.Findings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from adcheck.model import Item, ItemResult, Outcome, Place, Source, Status
from adcheck.survey import Findings

__all__ = ["Kept", "Mark", "Memory", "mark_of"]

_PASSING = frozenset({Status.RAISED, Status.ERROR})
"""Not kept: what was missing may have come to be outside the function's own part of the file."""


@dataclass(frozen=True)
class Mark:
    """What of a submission decides on an item's result.

    Attributes:
        code: without empty lines, of which there are more where something above has grown.
        lines: each source with its label and all of its lines.
    """

    code: tuple[object, ...]
    lines: tuple[Source, ...]


def mark_of(item: Item, findings: Findings, follows: Iterable[str]) -> Mark:
    """What of a submission decides on an item's result.

    Args:
        item: one whose function was found.
        findings: on the submission.
        follows: ids of the items on whose functions it builds.
    """
    programs = findings.programs
    beside = programs.apart.targets if item.apart else ()  # one may be called with another's result
    ids = [id_ for id_ in dict.fromkeys((item.id, *follows, *beside)) if id_ in programs.alone]
    alone = [programs.alone[id_] for id_ in ids]
    used = list(alone)
    if programs.together.doubtful or any(p.whole for p in (programs.together, *alone)):
        used.append(programs.whole)  # what the slice leaves out may matter
    code = tuple(
        (
            [_dense(source.text) for source in program.sources],
            [(s.name, s.source.text) for s in program.siblings],
            sorted(program.targets.items()),
            sorted(program.aliases.items()),
        )
        for program in used
    )
    literals = tuple(findings.literals.get(id_) for id_ in ids)
    lines = tuple(source for program in used for source in program.sources)
    return Mark((code, literals, programs.single), lines)


def _dense(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@dataclass(frozen=True)
class Kept:
    """What came of an item.

    Attributes:
        mark: of what decided on it.
        first: the result by itself, on which those of other items may depend.
        final: the result that was reported.
        outcomes: of its cases.
    """

    mark: Mark
    first: ItemResult
    final: ItemResult
    outcomes: tuple[Outcome, ...]

    def at(self, place: Place | None) -> Kept:
        """The same for a function that now stands elsewhere."""
        first, final = (replace(result, place=place) for result in (self.first, self.final))
        return replace(self, first=first, final=final)


@dataclass
class Memory:
    """What is known from one run to the next, all with the same settings.

    Attributes:
        layers: of the workers' confinement.
        again: ids of the items that were graded in the last run.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    _kept: dict[str, Kept] = field(default_factory=dict)

    def recall(self, id_: str, mark: Mark, place: Place | None) -> Kept | None:
        """What came of an item, if nothing that decided on it has changed."""
        kept = self._kept.get(id_)
        if kept is None or kept.mark.code != mark.code:
            return None
        if kept.final.frames and kept.mark.lines != mark.lines:
            return None  # it tells of lines that are others now
        return kept.at(place)

    def keep(self, id_: str, kept: Kept, for_good: bool) -> None:
        """Remembers what came of an item that was graded.

        Args:
            id_: of the item.
            kept: what came of it.
            for_good: whether nothing but what its mark tells has decided on it.
        """
        self.again.append(id_)
        if for_good and not {kept.first.status, kept.final.status} & _PASSING:
            self._kept[id_] = kept
        else:
            self._kept.pop(id_, None)
