"""How much of a report is told: a course that reuses its tasks in an exam tells points alone.

Pure. Points, statuses and what is said of the file as a whole stay at every level.
"""

from __future__ import annotations

from dataclasses import replace

from adcheck.model import Feedback, ItemResult, Report, Status

__all__ = ["told"]

_ALWAYS = (Status.MISSING, Status.MANUAL, Status.SKIPPED, Status.ERROR)
"""What is said of these is about the file or about us, not about an answer."""


def told(report: Report, feedback: Feedback) -> Report:
    """The report without what is above a level of feedback.

    Args:
        report: as graded, with everything.
        feedback: how much of it is told.
    """
    assignments = tuple(
        replace(a, items=tuple(_item(item, feedback) for item in a.items))
        for a in report.assignments
    )
    return replace(report, assignments=assignments, feedback=feedback)


def _item(item: ItemResult, feedback: Feedback) -> ItemResult:
    if feedback is Feedback.SCORE:
        return _score(item)
    example = item.counterexample
    if example is None:
        return item
    if feedback is Feedback.FULL:
        example = replace(example, snippet=example.full_snippet or example.snippet)
    else:
        example = replace(example, expected="", full_snippet="")
    return replace(item, counterexample=example)


def _score(item: ItemResult) -> ItemResult:
    if item.status in _ALWAYS:
        return item
    return replace(
        item,
        parts=tuple(replace(part, message="") for part in item.parts),
        message="",
        hint="",
        mistake=None,
        counterexample=None,
        frames=(),
        evidence=(),
    )
