"""The report as GitHub Classroom's autograding reporter takes it: JSON in base64, in one line."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

from adcheck.language import tr
from adcheck.model import ItemResult, Report, Status
from adcheck.report.lost import plain_story
from adcheck.report.marks import STATUS
from adcheck.report.words import errors, located, titled

__all__ = ["render_classroom", "result_of"]


def render_classroom(report: Report) -> str:
    """Render a report as the output ``result`` of a step, which the reporter decodes."""
    text = json.dumps(result_of(report), allow_nan=False)
    return base64.b64encode(text.encode()).decode() + "\n"


def result_of(report: Report) -> dict[str, Any]:
    """What the reporter gets.

    It adds up the tests' scores, sets them against ``max_score``, and has no word for what waits
    for a person: that is left out of both. What adcheck itself failed at is told, and left out of
    both too.
    """
    tests = [_problem(report)] if errors(report) else []
    tests += [_test(item) for item in report.items if STATUS[item.status].classroom]
    statuses = {test["status"] for test in tests}
    return {
        "version": 3,
        "status": next((s for s in ("error", "fail") if s in statuses), "pass"),
        "max_score": _most(report),
        "tests": tests,
    }


def _most(report: Report) -> float:
    """What can be earned; above 0 unless we failed, since for 0 nothing would be reported."""
    failed = any(item.status is Status.ERROR for item in report.items)
    return round(report.auto_max, 4) or (0 if failed else round(report.max_score, 4) or 1)


def _test(item: ItemResult) -> dict[str, Any]:
    status = STATUS[item.status].classroom
    return _record(titled(item), status, item.points, plain_story(item), item.seconds)


def _problem(report: Report) -> dict[str, Any]:
    told = "\n".join(located(problem) for problem in errors(report))
    return _record(tr("The file as a whole"), "fail", 0.0, told, 0.0)


def _record(name: str, status: str, score: float, message: str, seconds: float) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "score": round(score, 4),
        "message": message if status != "pass" else "",
        "test_code": "",
        "filename": "",
        "line_no": 0,  # any other number is shown as a line of `filename`
        "duration": round(seconds, 3) if math.isfinite(seconds) else 0.0,
    }
