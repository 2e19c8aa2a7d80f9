"""Assignments as text: the list of them, and one's statement with its rubric as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from adcheck.language import mark, tr, trn
from adcheck.model import Assignment, Graded, Item
from adcheck.report.marks import count, format_points

__all__ = ["as_markdown", "render_list"]

_GRADED_BY = {
    Graded.AUTO: mark("machine"),
    Graded.MANUAL: mark("a person"),
    Graded.AUTO_OR_MANUAL: mark("machine; a person where the function is absent"),
}


def render_list(assignments: Sequence[Assignment]) -> str:
    """One paragraph per assignment: its slug, points, title and summary."""
    if not assignments:
        return tr("There are no assignments here.") + "\n"
    width = max(len(assignment.slug) for assignment in assignments)
    return "\n".join(_entry(assignment, width) for assignment in assignments)


def as_markdown(assignment: Assignment) -> str:
    """An assignment's statement, followed by its rubric as a table."""
    statement = assignment.statement.strip()
    title = "" if statement.startswith("# ") else f"# {assignment.title}\n\n"
    total = sum(item.points for item in assignment.items)
    heading = trn(
        "Rubric: {count} point", "Rubric: {count} points", total, count=format_points(total)
    )
    head = (tr("item"), tr("what is asked"), tr("function"), tr("points"), tr("graded by"))
    rows = "".join(_row(item) for item in assignment.items)
    return (
        f"{title}{statement}\n\n## {heading}\n\n"
        f"| {' | '.join(head)} |\n"
        "|---|---|---|---:|---|\n"
        f"{rows}"
    )


def _entry(assignment: Assignment, width: int) -> str:
    total = sum(item.points for item in assignment.items)
    person = sum(item.points for item in assignment.items if item.graded is Graded.MANUAL)
    points = count(total)
    if person:
        points = trn(
            "{points}, {count} of them marked by a person",
            "{points}, {count} of them marked by a person",
            person,
            points=points,
            count=format_points(person),
        )
    indent = " " * (width + 2)
    return (
        f"{assignment.slug:<{width}}  {assignment.title} ({points})\n{indent}{assignment.summary}\n"
    )


def _row(item: Item) -> str:
    function = f"`{item.signature or item.function}`" if item.function else ""
    cells = (item.id, item.title, function, format_points(item.points), tr(_GRADED_BY[item.graded]))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
