"""The report as a piece of HTML for the output of a notebook's cell: a table, and what was lost.

Styles stand in the elements: a notebook's page has its own style sheet, light or dark, and
sanitizers of notebooks leave these alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from adcheck.language import tr
from adcheck.model import ItemResult, Problem, Report
from adcheck.report.escape import escape_line, escape_lines
from adcheck.report.lost import is_lost, plain_story
from adcheck.report.marks import STATUS, of, points_of
from adcheck.report.words import located, setting, severity, why, worst_first

__all__ = ["render_fragment"]

_CELL: Final = 'style="text-align:left;padding:.2em .8em"'
_TABLE: Final = Markup(
    f"<table><thead><tr>{f'<th {_CELL}>{{}}</th>' * 4}</tr></thead><tbody>{{}}</tbody></table>"
)
_ROW: Final = Markup(f"<tr>{f'<td {_CELL}>{{}}</td>' * 4}</tr>")
_STORY: Final = Markup(
    "<details open><summary>{}</summary>"
    '<pre style="white-space:pre-wrap;margin:.3em 1.5em">{}</pre></details>'
)


def render_fragment(report: Report) -> str:
    """Render a report as one element, which loads nothing and runs nothing."""
    items = report.items
    blocks = [
        *map(_problem, worst_first(report.problems)),
        _table(items) if items else Markup(""),
        *map(_story, filter(is_lost, items)),
        _foot(report, items),
    ]
    return str(Markup("<div>{}</div>").format(Markup("\n").join(blocks)))


def _problem(problem: Problem) -> Markup:
    return Markup("<p><strong>{}</strong>: {}</p>").format(severity(problem), located(problem))


def _table(items: Sequence[ItemResult]) -> Markup:
    head = (tr("Item"), tr("Points"), tr("Status"), tr("Why"))
    return _TABLE.format(*head, Markup("").join(map(_row, items)))


def _row(item: ItemResult) -> Markup:
    shown = STATUS[item.status]
    title = Markup("{} <code>{}</code>").format(
        escape_line(item.item.title), escape_line(item.item.function)
    )
    told = escape_line(why(item))
    return _ROW.format(title, points_of(item), f"{shown.emoji} {shown.label}", told)


def _story(item: ItemResult) -> Markup:
    head = f"{STATUS[item.status].emoji} {item.item.id}: {points_of(item)}"
    lines = escape_lines(plain_story(item), limit=1000, lines=60)
    return _STORY.format(escape_line(head), "\n".join(lines))


def _foot(report: Report, items: Sequence[ItemResult]) -> Markup:
    graded = [item for item in items if item.status.graded]
    total = of(sum(i.points for i in graded), sum(i.item.points for i in graded))
    return Markup('<p>{} <strong>{}</strong>. <span style="opacity:.7">{}</span></p>').format(
        tr("Score"), total, setting(report)
    )
