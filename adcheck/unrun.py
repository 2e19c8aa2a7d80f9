"""Items for which nothing of a submission runs: those that a person marks, those not found.

Imports little: a submission of which nothing can be read is told so at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adcheck import scaling
from adcheck.language import place, tr
from adcheck.model import (
    Assignment,
    AssignmentResult,
    Graded,
    Item,
    ItemResult,
    PartResult,
    Severity,
    Status,
    Submission,
)
from adcheck.survey import Findings

__all__ = ["missing_result", "unrun", "with_evidence", "without_running"]


def without_running(
    assignment: Assignment, submission: Submission, findings: Findings, only: Sequence[str]
) -> AssignmentResult:
    """What an assignment comes to of which no function was found; see `unrun`."""
    results = [unrun(item, submission, findings, only) for item in assignment.items]
    told = tuple(
        with_evidence(result, submission) if result.status is Status.MANUAL else result
        for result in results
        if result is not None
    )
    return AssignmentResult(assignment.slug, assignment.title, told)


def unrun(
    item: Item, submission: Submission, findings: Findings, only: Sequence[str]
) -> ItemResult | None:
    """What an item comes to without running anything.

    Args:
        item: the row of the rubric.
        submission: as it was read.
        findings: on it, for the item's assignment.
        only: ids of the items to grade; all, if empty.

    Returns:
        None where a function of the submission has to run.
    """
    if only and item.id not in only:
        return ItemResult(item, "", 0.0, Status.SKIPPED)
    if item.graded is Graded.MANUAL:
        return ItemResult(item, "", 0.0, Status.MANUAL, message=tr("A person marks it."))
    if item.id in findings.programs.together.targets:
        return None
    if item.graded is Graded.AUTO_OR_MANUAL:
        message = tr("There is no function {name}, so a person marks it.", name=item.names[0])
        return ItemResult(item, "", 0.0, Status.MANUAL, message=message)
    errors = [p for p in submission.problems if p.severity is Severity.ERROR]
    reason = ""
    if errors:
        reason = f"{place(errors[0].where)}: {errors[0].message}".removeprefix(": ")
    return missing_result(item, findings.suggestions.get(item.id), reason)


def with_evidence(result: ItemResult, submission: Submission) -> ItemResult:
    """A result that a person decides on, with what a machine can say about the item."""
    told = scaling.evidence(submission.path, result.item)
    return replace(result, evidence=(*result.evidence, *told))


def missing_result(item: Item, suggestion: str | None, reason: str) -> ItemResult:
    """A function that was not found.

    Args:
        item: the row of the rubric.
        suggestion: a name in the submission that may be meant.
        reason: why it may have been lost, such as a cell that does not parse.
    """
    told = [tr("No function named {name} was found.", name=item.names[0])]
    if suggestion:
        told.append(tr("There is one named {name}: rename it if it is meant.", name=suggestion))
    message = " ".join([*told, *([reason] if reason else [])])
    parts = tuple(PartResult(p.id, p.title, 0.0, p.points, Status.MISSING) for p in item.parts)
    return ItemResult(item, "", 0.0, Status.MISSING, parts, message=message)
