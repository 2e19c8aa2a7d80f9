"""Phrases that several formats share; plain text, to be escaped by each in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from adcheck.language import place, tr, trn
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
from adcheck.report.marks import format_points

__all__ = [
    "errors",
    "first_sentence",
    "innermost",
    "isolated",
    "located",
    "setting",
    "severity",
    "shares",
    "shown_inputs",
    "titled",
    "why",
    "worst_first",
]

_FRAMES: Final = 6
_INPUTS: Final = 12
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[^a-zа-яґєії0-9\s])")


def first_sentence(text: str) -> str:
    """What there is room for in a table."""
    line = text.strip().split("\n")[0]
    return _SENTENCE_END.split(line, maxsplit=1)[0]


def why(item: ItemResult) -> str:
    """What became of an item, in one sentence; empty where its status says it all."""
    if item.message:
        return first_sentence(item.message)
    if item.status is Status.MANUAL:
        return tr("A person reads it.")
    return tr("Not asked for in this run.") if item.status is Status.SKIPPED else ""


def shares(report: Report) -> str:
    """What became of all points: graded by machine, waiting, not asked for."""
    earned = sum(item.points for item in report.items if item.status.graded)
    told = [
        trn(
            "{earned} of {most} point graded by machine",
            "{earned} of {most} points graded by machine",
            report.auto_max,
            earned=format_points(earned),
            most=format_points(report.auto_max),
        )
    ]
    told += [_remainder(report, status) for status in (Status.MANUAL, Status.ERROR, Status.SKIPPED)]
    return "; ".join(filter(None, told))


def _remainder(report: Report, status: Status) -> str:
    """What became of the points that no machine decided on."""
    items = [item.item for item in report.items if item.status is status]
    if not items:
        return ""
    points = sum(item.points for item in items)
    values = {
        "count": format_points(points),
        "items": ", ".join(escape_line(item.id) for item in items),
    }
    if status is Status.MANUAL:
        return trn(
            "{count} point waits for a person ({items})",
            "{count} points wait for a person ({items})",
            points,
            **values,
        )
    if status is Status.ERROR:
        return trn(
            "{count} point waits because adcheck itself failed, which costs nothing ({items})",
            "{count} points wait because adcheck itself failed, which costs nothing ({items})",
            points,
            **values,
        )
    return trn(
        "{count} point not asked for ({items})",
        "{count} points not asked for ({items})",
        points,
        **values,
    )


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Problems with the file as a whole, the worst first."""
    return sorted(problems, key=lambda problem: list(Severity).index(problem.severity))


def severity(problem: Problem) -> str:
    """How much a problem matters, in a word."""
    words = {
        Severity.ERROR: tr("error"),
        Severity.WARNING: tr("warning"),
        Severity.NOTE: tr("note"),
    }
    return words[problem.severity]


def errors(report: Report) -> list[Problem]:
    """What is so wrong with the file as a whole that it costs points."""
    return [problem for problem in report.problems if problem.severity is Severity.ERROR]


def located(problem: Problem) -> str:
    """A problem's sentence after its place."""
    where = f"{escape_line(place(problem.where))}: " if problem.where else ""
    return where + escape_line(problem.message, limit=600)


def innermost(item: ItemResult) -> list[Frame]:
    """The frames nearest to an exception; a recursion's repeat themselves."""
    return list(dict.fromkeys(item.frames))[-_FRAMES:]


def shown_inputs(example: Counterexample) -> list[tuple[str, str]]:
    """As many inputs of a failing case as a person wants to see."""
    return list(example.inputs.items())[:_INPUTS]


def isolated(isolation: Isolation) -> str:
    """How well the submission was confined, and what was off."""
    if not isolation.layers.get("process", "on").startswith("on"):
        return tr("nothing was run")
    off = [f"{name}: {how}" for name, how in isolation.layers.items() if not how.startswith("on")]
    return isolation.level + (f" ({', '.join(off)})" if off else "")


def setting(report: Report) -> str:
    """What a result depends on: seed, isolation, versions."""
    versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    told = tr(
        "Seed {seed}. Isolation: {isolation}. {versions}; {seconds} s.",
        seed=report.seed,
        isolation=isolated(report.isolation),
        versions=versions,
        seconds=f"{report.seconds:.1f}",
    )
    return escape_line(told)


def titled(item: ItemResult) -> str:
    """An item's id and title, the same in every run."""
    return escape_line(f"{item.item.id}: {item.item.title}")
