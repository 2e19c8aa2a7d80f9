"""What an entry has earned so far: points of the machine, marks by hand, what still waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from adcheck.course import Entry, Mark
from adcheck.model import ItemResult, Report, Status

__all__ = ["Row", "Section", "Totals", "sections", "standing", "totals"]


@dataclass(frozen=True)
class Row:
    """One item of one submission.

    Attributes:
        result: what the machine found.
        mark: what a person gave, if anybody did; it counts instead of the machine's points.
    """

    result: ItemResult
    mark: Mark | None = None

    @property
    def points(self) -> float:
        """Earned so far."""
        return self.result.points if self.mark is None else self.mark.points

    @property
    def most(self) -> float:
        """What can be earned."""
        return self.result.item.points

    @property
    def decided(self) -> bool:
        """Whether somebody, machine or person, decided on the points."""
        return self.mark is not None or self.result.status.graded

    @property
    def waits(self) -> bool:
        """Whether the points still wait for a person."""
        return self.mark is None and self.result.status.pending

    @property
    def changed(self) -> bool:
        """Whether a person changed points that a machine gave."""
        return self.mark is not None and self.result.status.graded


@dataclass(frozen=True)
class Totals:
    """Sums over some rows.

    Attributes:
        score: earned so far.
        most: what can be earned, what waits included.
        machine, machine_most: earned and possible where the machine's points count.
        hand, hand_most: earned and possible where a person's points count.
        waiting: points that wait for a person.
        faults: those of them that wait because adcheck itself failed.
        skipped: points that were not asked for in this run.
    """

    score: float
    most: float
    machine: float
    machine_most: float
    hand: float
    hand_most: float
    waiting: float
    faults: float
    skipped: float


@dataclass(frozen=True)
class Section:
    """One assignment of one submission."""

    slug: str
    title: str
    rows: tuple[Row, ...]

    @property
    def totals(self) -> Totals:
        """Its points."""
        return totals(self.rows)


def sections(report: Report | None, marks: Mapping[str, Mark]) -> tuple[Section, ...]:
    """The assignments of a report, with the marks that count instead of its points.

    Args:
        report: as graded; None if there was nothing to grade.
        marks: by item id.
    """
    return tuple(
        Section(a.slug, a.title, tuple(Row(item, marks.get(item.item.id)) for item in a.items))
        for a in (report.assignments if report else ())
    )


def standing(entry: Entry) -> tuple[Section, ...]:
    """The assignments of an entry, with its marks by hand."""
    return sections(entry.report, entry.marks)


def totals(rows: Iterable[Row]) -> Totals:
    """Add up the points of some rows."""
    rows = tuple(rows)

    def add(value: Callable[[Row], float], which: Callable[[Row], bool]) -> float:
        return sum(value(row) for row in rows if which(row))

    return Totals(
        score=add(_points, lambda row: True),
        most=add(_most, lambda row: True),
        machine=add(_points, _by_machine),
        machine_most=add(_most, _by_machine),
        hand=add(_points, lambda row: row.mark is not None),
        hand_most=add(_most, lambda row: row.mark is not None),
        waiting=add(_most, lambda row: row.waits),
        faults=add(_most, lambda row: row.waits and row.result.status is Status.ERROR),
        skipped=add(_most, lambda row: not row.decided and not row.waits),
    )


def _points(row: Row) -> float:
    return row.points


def _most(row: Row) -> float:
    return row.most


def _by_machine(row: Row) -> bool:
    return row.mark is None and row.result.status.graded
