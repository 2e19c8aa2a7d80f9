"""The report as Gradescope's ``results.json``, described by `results.schema.json` beside this file.

The top-level score is what a machine graded. What waits for a person, or for us after a fault of
our own, is a test without points: it is told, and counts neither for nor against anybody.
"""

from __future__ import annotations

import json
import math
from typing import Any

from adcheck.language import tr, trn
from adcheck.model import ItemResult, Report, Status
from adcheck.report.inert import prose
from adcheck.report.marks import STATUS, format_points
from adcheck.report.md import item_story, problem_list
from adcheck.report.words import setting, titled

__all__ = ["failure", "render_gradescope"]


def render_gradescope(report: Report) -> str:
    """Render a report as ``results.json``."""
    graded = [item for item in report.items if item.status.graded]
    return _document(
        score=sum(item.points for item in graded),
        execution_time=report.seconds,
        output=_output(report),
        extra_data=_extra(report),
        tests=[_test(item) for item in report.items],
    )


def failure(message: str) -> str:
    """A ``results.json`` for a run that gave no report, since Gradescope needs one even then.

    Args:
        message: what happened, in one sentence.
    """
    no_grade = tr(
        "Gradescope wants a number, so it shows 0 points here: they are no grade. Course staff: "
        "run the autograder again once the cause is mended."
    )
    output = f"**{tr('Nothing was graded.')}** {prose(message)}\n\n{no_grade}"
    return _document(score=0.0, execution_time=0.0, output=output, extra_data={}, tests=[])


def _document(score: float, execution_time: float, **others: Any) -> str:
    document = {
        "score": round(score, 4) + 0.0,
        "execution_time": round(execution_time, 1) if math.isfinite(execution_time) else 0,
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "stdout_visibility": "hidden",  # what a program prints is for the course's staff
        **others,
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _output(report: Report) -> str:
    """What concerns the file as a whole; not a word of items, some of which may be hidden."""
    blocks = [problem_list(report.problems)] if report.problems else []
    for status in (Status.MANUAL, Status.ERROR, Status.SKIPPED):
        points = sum(item.item.points for item in report.items if item.status is status)
        if points:
            blocks.append(_left(status, points))
    return "\n\n".join([*blocks, prose(setting(report), limit=1000)])


def _left(status: Status, points: float) -> str:
    """What becomes of points that are not in the score."""
    told = format_points(points)
    if status is Status.MANUAL:
        return trn(
            "{count} point waits for a person and is not in this score.",
            "{count} points wait for a person and are not in this score.",
            points,
            count=told,
        )
    if status is Status.ERROR:
        return trn(
            "{count} point waits because adcheck itself failed, which costs nothing.",
            "{count} points wait because adcheck itself failed, which costs nothing.",
            points,
            count=told,
        )
    return trn(
        "{count} point was not asked for.",
        "{count} points were not asked for.",
        points,
        count=told,
    )


def _extra(report: Report) -> dict[str, Any]:
    mistakes = {item.item.id: item.mistake for item in report.items if item.mistake is not None}
    return {
        "seed": report.seed,
        "sha256": report.sha256,
        "versions": {name: str(number) for name, number in report.versions.items()},
        "isolation": report.isolation.level,
        "statuses": {item.item.id: item.status.value for item in report.items},
        "mistakes": mistakes,
    }


def _test(item: ItemResult) -> dict[str, Any]:
    shown = STATUS[item.status]
    test: dict[str, Any] = {"name": titled(item)}
    if shown.gradescope:
        test |= {
            "score": round(item.points, 4) + 0.0,
            "max_score": round(item.item.points, 4),
            "status": shown.gradescope,
        }
    told = item_story(item) if item.points < item.item.points or item.evidence else ""
    head = f"{shown.emoji} {shown.label}."
    if not shown.gradescope:
        head += " " + trn(
            "{count} point, not in this score.",
            "{count} points, not in this score.",
            item.item.points,
            count=format_points(item.item.points),
        )
    return test | {
        "output": f"{head}\n\n{told}".strip(),
        "output_format": "md",
        "visibility": item.item.visibility.value,
    }
