"""What the entries of a course come to: counts and lists for the page of the class; pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adcheck.course import Entry, Student
from adcheck.language import place, tr
from adcheck.model import Item, Severity, Status
from adcheck.report.standing import Row, standing, totals

__all__ = [
    "Distribution",
    "Fault",
    "ItemTally",
    "MistakeTally",
    "Slow",
    "Unread",
    "distributions",
    "faults",
    "items",
    "mistakes",
    "slowest",
    "unread",
]

_BARS: Final = 12
_STEPS: Final = tuple(step * 10**power for power in range(6) for step in (0.5, 1, 2, 2.5))
_SLOWEST: Final = 10


@dataclass(frozen=True)
class Distribution:
    """How the points of many submissions are spread.

    Attributes:
        name: unique among them; letters and digits.
        title: of what.
        most: points that can be earned.
        scores: ascending.
        edges: of the bins, ascending; a score on an edge belongs to the bin above it, the largest
            one to the last.
        counts: how many scores each bin has.
    """

    name: str
    title: str
    most: float
    scores: tuple[float, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The mean score."""
        return statistics.fmean(self.scores)

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median, upper quartile."""
        if len(self.scores) == 1:
            return (self.scores[0],) * 3
        low, middle, high = statistics.quantiles(self.scores, n=4, method="inclusive")
        return low, middle, high


@dataclass(frozen=True)
class ItemTally:
    """How the class fared with one item; each number counts submissions.

    Attributes:
        item: the row of the rubric.
        full, some, none: how many earned all, some and none of its points.
        waiting: for how many its points wait for a person.
        mean: share of its points that was earned on average, where it is decided.
    """

    item: Item
    full: int
    some: int
    none: int
    waiting: int
    mean: float

    @property
    def decided(self) -> int:
        """How many have been marked, by a machine or a person."""
        return self.full + self.some + self.none


@dataclass(frozen=True)
class MistakeTally:
    """A known mistake, and who made it."""

    slug: str
    item: Item
    sentence: str
    students: tuple[Student, ...]


@dataclass(frozen=True)
class Slow:
    """A submission that took long; `item` took most of it, if any took a while."""

    student: Student
    seconds: float
    item: Item | None
    item_seconds: float


@dataclass(frozen=True)
class Fault:
    """An item that adcheck itself failed to grade."""

    student: Student
    item: Item
    message: str


@dataclass(frozen=True)
class Unread:
    """A student of whom nothing could be graded, and why."""

    student: Student
    why: str


def distributions(entries: Sequence[Entry]) -> list[Distribution]:
    """The spread of points: overall first where there are several assignments, then of each."""
    graded = [standing(entry) for entry in entries if entry.report and entry.report.assignments]
    titles = {section.slug: section.title for sections in graded for section in sections}
    found = []
    most = 0.0
    for number, (slug, title) in enumerate(titles.items(), start=1):
        sums = [
            section.totals for sections in graded for section in sections if section.slug == slug
        ]
        most += max(total.most for total in sums)
        scores = [total.score for total in sums]
        found.append(_spread(f"spread{number}", title, max(t.most for t in sums), scores))
    if len(titles) > 1:
        scores = [
            totals(row for section in sections for row in section.rows).score for sections in graded
        ]
        found.insert(0, _spread("spread0", tr("Everything"), most, scores))
    return found


def _spread(name: str, title: str, most: float, scores: Iterable[float]) -> Distribution:
    ordered = sorted(scores)
    step = next((step for step in _STEPS if most <= _BARS * step), max(most, 1.0))
    count = max(int(-(-most // step)), 1)
    edges = tuple(step * index for index in range(count + 1))
    bins = Counter(min(max(int(score // step), 0), count - 1) for score in ordered)
    counts = tuple(bins[index] for index in range(count))
    return Distribution(name, title, most, tuple(ordered), edges, counts)


def items(entries: Sequence[Entry]) -> list[ItemTally]:
    """Every item of every assignment, in the rubric's order."""
    rows: dict[str, list[Row]] = {}
    for _, row in _rows(entries):
        rows.setdefault(row.result.item.id, []).append(row)
    return [_tally(found) for found in rows.values()]


def _tally(rows: Sequence[Row]) -> ItemTally:
    decided = [row for row in rows if row.decided]
    full = sum(row.points >= row.most for row in decided)
    none = sum(row.points <= 0 < row.most for row in decided)
    return ItemTally(
        item=rows[0].result.item,
        full=full,
        some=len(decided) - full - none,
        none=none,
        waiting=sum(row.waits for row in rows),
        mean=statistics.fmean(r.points / r.most if r.most else 1 for r in decided)
        if decided
        else 0,
    )


def mistakes(entries: Sequence[Entry]) -> list[MistakeTally]:
    """The known mistakes that were made, the most frequent first."""
    made: dict[tuple[str, str], list[tuple[Student, Row]]] = {}
    for student, row in _rows(entries):
        if row.result.mistake:
            made.setdefault((row.result.item.id, row.result.mistake), []).append((student, row))
    found = [
        MistakeTally(
            slug,
            pairs[0][1].result.item,
            Counter(row.result.message for _, row in pairs).most_common(1)[0][0],
            tuple(student for student, _ in pairs),
        )
        for (_, slug), pairs in made.items()
    ]
    return sorted(found, key=lambda mistake: -len(mistake.students))


def slowest(entries: Sequence[Entry]) -> list[Slow]:
    """The submissions that took longest, the slowest first."""
    found = []
    for entry in entries:
        if entry.report is None:
            continue
        longest = max(entry.report.items, key=lambda result: result.seconds, default=None)
        item, seconds = (longest.item, longest.seconds) if longest else (None, 0.0)
        found.append(Slow(entry.hand_in.student, entry.report.seconds, item, seconds))
    return sorted(found, key=lambda slow: -slow.seconds)[:_SLOWEST]


def faults(entries: Sequence[Entry]) -> list[Fault]:
    """What adcheck failed to grade, and nobody has marked yet."""
    return [
        Fault(student, row.result.item, row.result.message)
        for student, row in _rows(entries)
        if row.waits and row.result.status is Status.ERROR
    ]


def unread(entries: Sequence[Entry]) -> list[Unread]:
    """Whose submissions have nothing in them that could be graded."""
    return [
        Unread(entry.hand_in.student, _reason(entry))
        for entry in entries
        if entry.report is None or not entry.report.assignments
    ]


def _reason(entry: Entry) -> str:
    """The worst that is known of a file."""
    problems = [*entry.hand_in.problems, *(entry.report.problems if entry.report else ())]
    problems.sort(key=lambda problem: list(Severity).index(problem.severity))
    if not problems:
        if entry.report:
            return tr("Nothing of any assignment was found.")
        return tr("There is no file.")
    where = f"{place(problems[0].where)}: " if problems[0].where else ""
    return where + problems[0].message


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[Student, Row]]:
    for entry in entries:
        for section in standing(entry):
            for row in section.rows:
                yield entry.hand_in.student, row
