"""Assignments as text: the list of them, and one's statement with its rubric as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from adcheck.model import Assignment, Graded, Item
from adcheck.report.marks import format_points

__all__ = ["as_markdown", "render_list"]

_GRADED_BY = {
    Graded.AUTO: "machine",
    Graded.MANUAL: "a person",
    Graded.AUTO_OR_MANUAL: "machine; a person where the function is absent",
}


def render_list(assignments: Sequence[Assignment]) -> str:
    """One paragraph per assignment: its slug, points, title and summary."""
    if not assignments:
        return "There are no assignments here.\n"
    width = max(len(assignment.slug) for assignment in assignments)
    return "\n".join(_entry(assignment, width) for assignment in assignments)


def as_markdown(assignment: Assignment) -> str:
    """An assignment's statement, followed by its rubric as a table."""
    statement = assignment.statement.strip()
    title = "" if statement.startswith("# ") else f"# {assignment.title}\n\n"
    total = format_points(sum(item.points for item in assignment.items))
    rows = "".join(_row(item) for item in assignment.items)
    return (
        f"{title}{statement}\n\n## Rubric: {total} points\n\n"
        "| item | what is asked | function | points | graded by |\n"
        "|---|---|---|---:|---|\n"
        f"{rows}"
    )


def _entry(assignment: Assignment, width: int) -> str:
    total = sum(item.points for item in assignment.items)
    person = sum(item.points for item in assignment.items if item.graded is Graded.MANUAL)
    points = f"{format_points(total)} points"
    if person:
        points += f", {format_points(person)} of them marked by a person"
    indent = " " * (width + 2)
    return (
        f"{assignment.slug:<{width}}  {assignment.title} ({points})\n{indent}{assignment.summary}\n"
    )


def _row(item: Item) -> str:
    function = f"`{item.signature or item.function}`" if item.function else ""
    cells = (item.id, item.title, function, format_points(item.points), _GRADED_BY[item.graded])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
