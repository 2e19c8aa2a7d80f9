"""The report as JSON, in the form that `report.schema.json` beside this file describes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from adcheck.errors import UsageError
from adcheck.model import AssignmentResult, Counterexample, ItemResult, PartResult, Problem, Report
from adcheck.report.escape import HASH_OF_COMMAND

__all__ = ["SCHEMA", "render_json", "snippets_of"]

SCHEMA: Final = "adcheck.report/1"

# Legal in JSON as they are, and yet able to steer a terminal, reorder a line or command a CI.
_STEERING: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|" + HASH_OF_COMMAND.pattern
)


def render_json(report: Report) -> str:
    """Render a report for programs: UTF-8, keys in a fixed order, indented, newline at the end."""
    text = json.dumps(_report(report), ensure_ascii=False, allow_nan=False, indent=2)
    text = _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text + "\n"


def snippets_of(path: Path) -> Mapping[str, str]:
    """The snippet of each item of a report that was written to a file; empty where none failed.

    Raises:
        UsageError: the file is no report.
    """
    try:
        report = json.loads(path.read_text("utf-8"))
        if report["schema"] != SCHEMA:
            raise UsageError(f"{path} is a report of another version: {str(report['schema'])[:60]}")
        items = [item for assignment in report["assignments"] for item in assignment["items"]]
        return {
            str(item["id"]): str((item["counterexample"] or {}).get("snippet", ""))
            for item in items
        }
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "is no report: adcheck check --format json -o report.json writes one"
        raise UsageError(f"{path} {message}") from error


def _report(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "adcheck": _text(report.versions.get("adcheck", "")),
        "versions": {
            name: _text(report.versions.get(name, "")) for name in ("python", "jax", "numpy")
        },
        "submission": {"path": _text(report.path), "sha256": _text(report.sha256)},
        "seed": report.seed,
        "feedback": report.feedback.value,
        "score": _points(report.score),
        "max_score": _points(report.max_score),
        "auto_score": _points(sum(i.points for i in report.items if i.status.graded)),
        "auto_max": _points(report.auto_max),
        "pending": _points(report.pending),
        "seconds": _seconds(report.seconds),
        "assignments": [_assignment(assignment) for assignment in report.assignments],
        "isolation": {
            "level": report.isolation.level,
            "layers": _texts(report.isolation.layers),
        },
        "problems": [_problem(problem) for problem in report.problems],
    }


def _assignment(result: AssignmentResult) -> dict[str, Any]:
    return {
        "slug": _text(result.slug),
        "title": _text(result.title),
        "score": _points(result.score),
        "max_score": _points(result.max_score),
        "items": [_item(item) for item in result.items],
    }


def _item(result: ItemResult) -> dict[str, Any]:
    return {
        "id": _text(result.item.id),
        "title": _text(result.item.title),
        "function": _text(result.item.function),
        "points": _points(result.points),
        "max_points": _points(result.item.points),
        "status": result.status.value,
        "parts": [_part(part) for part in result.parts],
        "cases": {"passed": result.passed, "total": result.total},
        "message": _text(result.message),
        "hint": _text(result.hint),
        "mistake": None if result.mistake is None else _text(result.mistake),
        "counterexample": _counterexample(result.counterexample),
        "evidence": [_text(line) for line in result.evidence],
        "visibility": result.item.visibility.value,
        "seconds": _seconds(result.seconds),
    }


def _part(part: PartResult) -> dict[str, Any]:
    return {
        "id": _text(part.id),
        "title": _text(part.title),
        "points": _points(part.points),
        "max_points": _points(part.max_points),
        "status": part.status.value,
        "message": _text(part.message),
    }


def _counterexample(example: Counterexample | None) -> dict[str, Any] | None:
    if example is None:
        return None
    return {
        "part": _text(example.part),
        "case": example.case,
        "seed": example.seed,
        "inputs": _texts(example.inputs),
        "expected": _text(example.expected),
        "got": _text(example.got),
        "where": _text(example.where),
        "snippet": _text(example.snippet),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity.value,
        "code": _text(problem.code),
        "message": _text(problem.message),
        "where": _text(problem.where),
    }


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in texts.items()}


def _text(text: str) -> str:
    r"""The text, with lone surrogates (which UTF-8 cannot hold) spelt out: ``\udc80``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _points(value: float) -> float | str:
    return _number(value, 4)


def _seconds(value: float) -> float | str:
    return _number(value, 3)


def _number(value: float, digits: int) -> float | str:
    """A rounded number, never ``-0.0``; one that is not finite becomes a string."""
    value = float(value)
    return round(value, digits) + 0.0 if math.isfinite(value) else str(value)
