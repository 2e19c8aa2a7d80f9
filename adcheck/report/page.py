"""A student's page: what was handed in, what it earned, and for each lost point the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adcheck.course import Entry, Mark
from adcheck.language import tr
from adcheck.model import ItemResult, Problem, Report, Status
from adcheck.report.html import document, policy
from adcheck.report.standing import Row, sections, totals
from adcheck.report.words import first_sentence, innermost, isolated, shown_inputs

__all__ = ["render", "render_report"]


def render(entry: Entry) -> str:
    """Render a student's page.

    Args:
        entry: what they handed in, its report, and marks by hand. What the report leaves out is
            not told: see `adcheck.feedback`.

    Returns:
        A whole page of HTML, which loads nothing.
    """
    hand_in = entry.hand_in
    subtitle = ", ".join(hand_in.paths) or tr("no file that can be graded")
    return _render(
        entry.report,
        entry.marks,
        title=hand_in.student.name or hand_in.student.id,
        subtitle=subtitle,
        late=hand_in.late,
        problems=hand_in.problems,
    )


def render_report(report: Report) -> str:
    """Render a report on its own, as a page like a student's."""
    return _render(report, {}, title=report.path, subtitle=tr("Graded by adcheck"))


def _render(
    report: Report | None,
    marks: Mapping[str, Mark],
    *,
    title: str,
    subtitle: str,
    late: bool = False,
    problems: tuple[Problem, ...] = (),
) -> str:
    graded = sections(report, marks)
    rows = [row for section in graded for row in section.rows]
    return document(
        "page.html.j2",
        policy=policy(),
        title=title,
        subtitle=subtitle,
        late=late,
        report=report,
        sections=graded,
        sum=totals(rows),
        found=_problems(report, problems),
        waiting=[row for row in rows if row.waits],
        isolation=isolated(report.isolation) if report else "",
        seconds=f"{report.seconds:.1f}" if report else "",
        told=_is_told,
        why=_why,
        frames=innermost,
        inputs=shown_inputs,
        fared_differently=_fared_differently,
    )


def _problems(report: Report | None, others: Iterable[Problem]) -> list[Problem]:
    """What there is to say of the file and of its choice, each once."""
    return list(dict.fromkeys([*others, *(report.problems if report else ())]))


def _is_told(row: Row) -> bool:
    """Whether there is more to say of an item than its line of the table does."""
    result = row.result
    if row.mark is not None or result.status is Status.ERROR:
        return True
    lost = result.status.graded and result.points < row.most
    says = result.message or result.hint or result.frames or result.counterexample
    return (lost and bool(says)) or (result.status.graded and bool(result.evidence))


def _why(row: Row) -> str:
    """A few words for the table."""
    result = row.result
    if row.mark is not None:
        return row.mark.comment or row.mark.reason
    if result.message:
        return first_sentence(result.message)
    if result.status is Status.MANUAL:
        return tr("A person reads it.")
    return tr("Not asked for in this run.") if result.status is Status.SKIPPED else ""


def _fared_differently(result: ItemResult) -> bool:
    """Whether the parts have something to tell that the item as a whole has not."""
    news = any(part.message and part.message not in result.message for part in result.parts)
    return news or len({part.status for part in result.parts}) > 1
