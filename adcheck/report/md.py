"""The report as Markdown: a table, and below it what was lost and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adcheck.language import place, tr
from adcheck.model import AssignmentResult, Counterexample, ItemResult, PartResult, Problem, Report
from adcheck.report.escape import escape_line, escape_lines
from adcheck.report.inert import code, fenced, prose
from adcheck.report.lost import in_frame
from adcheck.report.marks import STATUS, of, points_of
from adcheck.report.words import (
    innermost,
    setting,
    severity,
    shares,
    shown_inputs,
    why,
    worst_first,
)

__all__ = ["item_story", "problem_list", "render_markdown"]


def render_markdown(report: Report, *, most: int | None = None) -> str:
    """Render a report for a page that shows Markdown, such as a job's summary on GitHub.

    Args:
        report: what was graded.
        most: bytes that it may take; what was lost is left out where there is no room for it.

    Returns:
        The text, ending in a newline; empty where there is no room even for the table.
    """
    whole = "\n\n".join([*_head(report), *_details(report), *_foot(report)]) + "\n"
    if most is None or len(whole.encode()) <= most:
        return whole
    note = tr("What was lost is told in the job's log: there is no room for it here.")
    short = "\n\n".join([*_head(report), f"*{note}*", *_foot(report)]) + "\n"
    return short if len(short.encode()) <= most else ""


def item_story(item: ItemResult) -> str:
    """What was wrong with an item, in a few blocks; empty where there is nothing to tell."""
    return "\n\n".join(_story(item))


def problem_list(problems: Sequence[Problem]) -> str:
    """Problems with the file as a whole, the worst first."""
    return "\n".join(
        f"- **{severity(problem)}** {_where(problem)}{prose(problem.message)}"
        for problem in worst_first(problems)
    )


def _where(problem: Problem) -> str:
    return f"{code(place(problem.where))}: " if problem.where else ""


# --------------------------------------------------------------------------- the page


def _head(report: Report) -> Iterator[str]:
    yield f"## {code(report.path)}"
    if report.problems:
        yield problem_list(report.problems)
    for assignment in report.assignments:
        yield f"### {prose(assignment.title)}"
        yield _table(assignment)
    if report.assignments:
        total = of(report.score, report.max_score)
        yield f"**{tr('Score')} {total}** — {prose(shares(report), limit=2000)}."
    else:
        yield f"**{tr('Nothing was graded.')}**"


def _table(assignment: AssignmentResult) -> str:
    rows = [_row(item) for item in assignment.items]
    total = of(assignment.score, assignment.max_score)
    return "\n".join(
        [
            f"| {tr('Item')} | {tr('Points')} | {tr('Status')} | {tr('Why')} |",
            "|---|---:|---|---|",
            *rows,
            f"| **{tr('Total')}** | **{total}** | | |",
        ]
    )


def _row(item: ItemResult) -> str:
    shown = STATUS[item.status]
    cells = (
        prose(f"{item.item.title} `{item.item.function}`".removesuffix(" ``")),
        points_of(item),
        f"{shown.emoji} {shown.label}",
        prose(why(item), limit=300),
    )
    return "| " + " | ".join(cells) + " |"


def _details(report: Report) -> Iterator[str]:
    for item in report.items:
        story = item_story(item)
        if not story or not item.status.graded:
            continue
        shown = STATUS[item.status]
        yield f"#### {shown.emoji} {code(item.item.id)}: {shown.label}, {points_of(item)}"
        yield story


def _foot(report: Report) -> Iterator[str]:
    yield f"<sub>{prose(setting(report), limit=1000)}</sub>"


# --------------------------------------------------------------------------- one item


def _story(item: ItemResult) -> Iterator[str]:
    if item.message:
        yield "  \n".join(prose(line) for line in escape_lines(item.message, limit=600))
    if item.hint:
        yield f"**{tr('Hint:')}** {prose(' '.join(escape_lines(item.hint)))}"
    frames = innermost(item)
    if frames:
        yield fenced([f"{in_frame(frame)}:  {escape_line(frame.code.strip())}" for frame in frames])
    if item.counterexample is not None:
        yield from _example(item.counterexample)
    if len({part.status for part in item.parts}) > 1:
        yield "\n".join(map(_part, item.parts))
    if item.status.graded:
        yield from (prose(line) for line in item.evidence)


def _example(example: Counterexample) -> Iterator[str]:
    case = tr("case {case}, seed {seed}", case=example.case, seed=example.seed)
    yield f"**{tr('Smallest failing case')}** ({case}):"
    lines: list[str] = []
    for name, text in shown_inputs(example):
        first, *more = escape_lines(text) or [""]
        lines += [f"{escape_line(name, limit=60)} = {first}", *(f"    {line}" for line in more)]
    if example.where:
        lines.append(tr("at element {where}:", where=escape_line(example.where)))
    expected, got = tr("expected"), tr("got")
    widest = max(len(expected), len(got))
    if example.expected:
        lines.append(f"{expected.ljust(widest)} {escape_line(example.expected)}")
    if example.got:
        lines.append(f"{got.ljust(widest)} {escape_line(example.got)}")
    yield fenced(lines)


def _part(part: PartResult) -> str:
    told = f": {prose(part.message)}" if part.message else ""
    points = of(part.points, part.max_points)
    return f"- {STATUS[part.status].emoji} {prose(part.title)}, {points}{told}"
