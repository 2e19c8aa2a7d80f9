"""The page of the class: how the points are spread, what went wrong, what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from adcheck.course import Alike, Entry, Student
from adcheck.language import tr
from adcheck.report import figures, tallies
from adcheck.report.html import document, policy
from adcheck.report.standing import standing

__all__ = ["render"]


def render(
    entries: Sequence[Entry],
    *,
    title: str = "",
    alike: Sequence[Alike] = (),
    links: Mapping[str, str] | None = None,
) -> str:
    """Render the page of a class.

    Args:
        entries: of every student.
        title: of the page; by default it says that this is the class.
        alike: groups of submissions to look at, the most similar first.
        links: by student id, where their own page lies, relative to this one; with ``/``, and
            not yet quoted for an address.

    Returns:
        A whole page of HTML, which loads nothing. Its figures need matplotlib; without it, the
        page has the tables alone, and says so.
    """
    drawn = figures.available()
    spreads = tallies.distributions(entries)
    items = tallies.items(entries)
    rows = [row for entry in entries for section in standing(entry) for row in section.rows]
    return document(
        "summary.html.j2",
        policy=policy(),
        title=title or tr("The class"),
        drawn=drawn,
        entries=entries,
        late=sum(entry.hand_in.late for entry in entries),
        waiting=sum(row.most for row in rows if row.waits),
        spreads=spreads,
        items=items,
        histograms={spread.name: _histogram(spread) for spread in spreads} if drawn else {},
        shares=_shares(items) if drawn else "",
        mistakes=tallies.mistakes(entries),
        slowest=tallies.slowest(entries),
        faults=tallies.faults(entries),
        unread=tallies.unread(entries),
        alike=[(group, _students(group, entries)) for group in alike],
        links=links or {},
    )


def _histogram(spread: tallies.Distribution) -> Markup:
    title = tr("{title}: how many submissions have how many points", title=spread.title)
    return figures.histogram(spread.name, title, spread.edges, spread.counts)


def _shares(items: Sequence[tallies.ItemTally]) -> Markup:
    decided = [
        (tally.item.title, tally.full, tally.some, tally.none) for tally in items if tally.decided
    ]
    if not decided:
        return Markup()
    title = tr("How many earned all, some and none of each item")
    return figures.shares("shares", title, decided)


def _students(group: Alike, entries: Sequence[Entry]) -> list[Student]:
    by_id = {entry.hand_in.student.id: entry.hand_in.student for entry in entries}
    return [by_id.get(student, Student(student, student)) for student in group.students]
