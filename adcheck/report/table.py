"""The report as a student reads it: a table of points, and below it what was lost and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adcheck.language import place, tr
from adcheck.model import AssignmentResult, ItemResult, Problem, Report, Severity, Status
from adcheck.report.escape import escape_line, to_ascii
from adcheck.report.lost import is_lost, story
from adcheck.report.marks import STATUS, of, points_of
from adcheck.report.terminal import draw
from adcheck.report.words import first_sentence, isolated, shares, why, worst_first

__all__ = ["render_table"]

_NARROW: Final = 72  # below this there is no room for the reason; it is told below the table
_VERY_NARROW: Final = 50  # below this a status is its symbol alone
_NARROWEST: Final = 30
_REASON: Final = 44  # with less than this, reasons take two lines
_TITLE: Final = 28  # titles get this much before reasons do
_PROSE: Final = 100  # longer lines of text are hard to follow

_SEVERITY: Final = {
    Severity.ERROR: ("✗", "bold red"),
    Severity.WARNING: ("!", "yellow"),
    Severity.NOTE: ("·", "dim"),
}


def render_table(
    report: Report, width: int = 100, color: bool = False, unicode: bool = True
) -> str:
    """Render a report for a person.

    Args:
        report: what was graded.
        width: columns of the screen.
        color: whether to use colours.
        unicode: whether symbols outside ASCII can be shown.

    Returns:
        The text; its last line ends in a newline.
    """
    width = max(width, _NARROWEST)
    text = draw(_page(report, width), width=width, color=color)
    return text if unicode else to_ascii(text)


def _page(report: Report, width: int) -> Iterator[RenderableType]:
    yield Text(escape_line(report.path), style="bold")
    if report.problems:
        yield Text()
        yield from _problems(report.problems, width)
    for assignment in report.assignments:
        yield Text()
        yield _table(assignment, width)
    for item in filter(is_lost, report.items):
        yield Text()
        yield from (_indent(line, indent, width) for indent, line in story(item))
    told = [line for item in report.items if item.status.graded for line in item.evidence]
    if told:
        yield Text()
        yield from (_indent(Text(f"· {escape_line(line)}"), 0, width) for line in told)
    yield Text()
    yield from (_indent(line, 0, width) for line in _closing(report))


def _indent(line: Text, indent: int, width: int) -> RenderableType:
    """A paragraph, never wider than prose should be."""
    return Padding(line, (0, max(width - _PROSE, 0), 0, indent))


# --------------------------------------------------------------------------- the table


@dataclass(frozen=True)
class _Layout:
    """How the columns of a table share a screen.

    Attributes:
        item: columns for an item's title and function.
        why: columns for the reason; 0 where there is no room for one.
        stacked: whether the function stands below the title, not beside it.
        words: whether a status is a word, or its symbol alone.
    """

    item: int
    why: int
    stacked: bool
    words: bool


def _layout(items: Sequence[ItemResult], points: int, width: int) -> _Layout:
    words = width >= _VERY_NARROW
    status = max((len(_status(item.status, words)) for item in items), default=0)
    has_why = width >= _NARROW
    room = width - points - max(status, len(tr("Status")) if words else 1) - (9 if has_why else 6)
    beside = max((_name(item, stacked=False).cell_len for item in items), default=0)
    below = max((_widest(_name(item, stacked=True)) for item in items), default=0)
    if not has_why:
        return _Layout(min(beside, room), 0, stacked=beside > room, words=words)
    if room - beside >= _REASON:
        return _Layout(beside, room - beside, stacked=False, words=words)
    item = min(below, max(_TITLE, room // 2))
    return _Layout(item, room - item, stacked=True, words=words)


def _widest(text: Text) -> int:
    return max(line.cell_len for line in text.split("\n"))


def _table(assignment: AssignmentResult, width: int) -> Table:
    total = Text(of(assignment.score, assignment.max_score), style="bold")
    layout = _layout(assignment.items, max(len(total), len(tr("Points"))), width)
    table = Table(
        title=Text(escape_line(assignment.title), style="bold"),
        title_justify="left",
        box=box.SIMPLE,
        show_edge=False,
        pad_edge=False,
        show_footer=True,
        header_style="dim",
    )
    sum_ = tr("Total")
    table.add_column(tr("Item"), Text(sum_, style="bold"), width=max(layout.item, len(sum_)))
    table.add_column(tr("Points"), total, justify="right", no_wrap=True)
    table.add_column(tr("Status") if layout.words else "", no_wrap=True)
    if layout.why:
        table.add_column(tr("Why"), max_width=layout.why, overflow="ellipsis")
    for item in assignment.items:
        cells = [
            _name(item, layout.stacked),
            Text(points_of(item)),
            _status(item.status, layout.words),
            _why(item, layout),
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def _name(item: ItemResult, stacked: bool) -> Text:
    name = Text(escape_line(item.item.title))
    if item.item.function:
        name.append("\n  " if stacked else "  ")
        name.append(escape_line(item.item.function), style="dim")
    return name


def _status(status: Status, words: bool) -> Text:
    shown = STATUS[status]
    return Text(f"{shown.symbol} {shown.label}" if words else shown.symbol, style=shown.style)


def _why(item: ItemResult, layout: _Layout) -> Text:
    if item.message:
        return _reason(item.message, layout)
    if item.status is Status.MANUAL:
        return _reason(item.item.guide or why(item), layout, style="dim")
    if item.status is Status.SKIPPED:
        return _reason(why(item), layout, style="dim")
    return Text()


def _reason(text: str, layout: _Layout, style: str = "") -> Text:
    """The first sentence, as far as there is room for it."""
    line = escape_line(text.strip().split("\n")[0])
    lines = textwrap.wrap(
        first_sentence(line),
        max(layout.why, 1),
        max_lines=2 if layout.stacked else 1,
        placeholder="…",
    )
    return Text("\n".join(lines), style=style)


# --------------------------------------------------------------------------- around it


def _problems(problems: Sequence[Problem], width: int) -> Iterator[RenderableType]:
    """Problems with the file as a whole, the worst first."""
    for problem in worst_first(problems):
        symbol, style = _SEVERITY[problem.severity]
        where = f"{escape_line(place(problem.where))}: " if problem.where else ""
        message = escape_line(problem.message, limit=600)
        line = Text.assemble((f"{symbol} ", style), (where, "bold"), message)
        yield _indent(line, 0, width)


def _closing(report: Report) -> Iterator[Text]:
    """Totals, what was not graded, and how to repeat the run."""
    several = len(report.assignments) > 1
    for assignment in report.assignments if several else ():
        yield Text(f"{escape_line(assignment.slug)}: {of(assignment.score, assignment.max_score)}")
    if report.assignments:
        yield _score(report)
    else:
        yield Text(tr("Nothing was graded."), style="bold")
    for slug in map(escape_line, report.others):
        told = tr("nothing of it was found in this file; add -a {slug} to grade it anyway.")
        yield Text.assemble(
            (f"{tr('Not graded:')} ", "yellow"),
            (slug, "bold"),
            f" — {told.format(slug=slug)}",
        )
    if report.whole and not any(problem.code == "whole-run" for problem in report.problems):
        yield Text(
            tr(
                "The whole file had to be run, because the graded functions did not work without "
                "the rest of it: its experiments ran too, and used up time that counts towards the "
                "limits."
            )
        )
    if any(item.counterexample and item.counterexample.snippet for item in report.items):
        yield Text(tr("Add --repro DIR for Python that shows each failure in a notebook."))
    yield from _small_print(report)


def _score(report: Report) -> Text:
    lost = report.exit_code == 1
    total = of(report.score, report.max_score)
    line = Text.assemble((f"{tr('Score')} ", "bold"), (total, "bold red" if lost else "bold green"))
    return line.append(f" — {shares(report)}.")


def _small_print(report: Report) -> Iterator[Text]:
    seed = Text(tr("Seed {seed}. Repeat with --seed {seed}.", seed=report.seed), style="dim")
    isolation = tr("Isolation: {level}.", level=isolated(report.isolation))
    versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    yield seed
    yield Text(escape_line(isolation), style="dim")
    seconds = f"{report.seconds:.1f}"
    took = tr("{versions}; {seconds} s.", versions=versions, seconds=seconds)
    yield Text(escape_line(took), style="dim")
