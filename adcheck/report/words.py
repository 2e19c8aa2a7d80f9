"""Phrases that several formats share; plain text, to be escaped by each in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from adcheck.model import (
    Counterexample,
    Frame,
    Isolation,
    ItemResult,
    Problem,
    Report,
    Severity,
    Status,
)
from adcheck.report.escape import escape_line
from adcheck.report.marks import count, format_points

__all__ = [
    "errors",
    "first_sentence",
    "innermost",
    "isolated",
    "located",
    "setting",
    "shares",
    "shown_inputs",
    "titled",
    "why",
    "worst_first",
]

_FRAMES: Final = 6
_INPUTS: Final = 12
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[^a-z0-9\s])")


def first_sentence(text: str) -> str:
    """What there is room for in a table."""
    line = text.strip().split("\n")[0]
    return _SENTENCE_END.split(line, maxsplit=1)[0]


def why(item: ItemResult) -> str:
    """What became of an item, in one sentence; empty where its status says it all."""
    if item.message:
        return first_sentence(item.message)
    if item.status is Status.MANUAL:
        return "A person reads it."
    return "Not asked for in this run." if item.status is Status.SKIPPED else ""


def shares(report: Report) -> str:
    """What became of all points: graded by machine, waiting, not asked for."""
    earned = sum(item.points for item in report.items if item.status.graded)
    told = [f"{format_points(earned)} of {count(report.auto_max)} graded by machine"]
    told += _remainder(report, Status.MANUAL, "for a person")
    told += _remainder(report, Status.ERROR, "because adcheck itself failed, which costs nothing")
    told += _remainder(report, Status.SKIPPED, "")
    return "; ".join(told)


def _remainder(report: Report, status: Status, reason: str) -> list[str]:
    """What became of the points that no machine decided on."""
    items = [item.item for item in report.items if item.status is status]
    if not items:
        return []
    points = sum(item.points for item in items)
    verb = "waits" if points == 1 else "wait"
    told = f"{count(points)} {verb} {reason}" if reason else f"{count(points)} not asked for"
    return [f"{told} ({', '.join(escape_line(item.id) for item in items)})"]


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Problems with the file as a whole, the worst first."""
    return sorted(problems, key=lambda problem: list(Severity).index(problem.severity))


def errors(report: Report) -> list[Problem]:
    """What is so wrong with the file as a whole that it costs points."""
    return [problem for problem in report.problems if problem.severity is Severity.ERROR]


def located(problem: Problem) -> str:
    """A problem's sentence after its place."""
    where = f"{escape_line(problem.where)}: " if problem.where else ""
    return where + escape_line(problem.message, limit=600)


def innermost(item: ItemResult) -> list[Frame]:
    """The frames nearest to an exception; a recursion's repeat themselves."""
    return list(dict.fromkeys(item.frames))[-_FRAMES:]


def shown_inputs(example: Counterexample) -> list[tuple[str, str]]:
    """As many inputs of a failing case as a person wants to see."""
    return list(example.inputs.items())[:_INPUTS]


def isolated(isolation: Isolation) -> str:
    """How well the submission was confined, and what was off."""
    off = [f"{name}: {how}" for name, how in isolation.layers.items() if not how.startswith("on")]
    return isolation.level + (f" ({', '.join(off)})" if off else "")


def setting(report: Report) -> str:
    """What a result depends on: seed, isolation, versions."""
    versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    told = f"Seed {report.seed}. Isolation: {isolated(report.isolation)}. {versions}; "
    return escape_line(f"{told}{report.seconds:.1f} s.")


def titled(item: ItemResult) -> str:
    """An item's id and title, the same in every run."""
    return escape_line(f"{item.item.id}: {item.item.title}")
