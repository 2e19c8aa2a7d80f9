"""How far a batch is, for people: what is told of it, and how where nobody watches a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from adcheck.report.escape import escape_line

__all__ = ["BatchLines", "BatchProgress", "points_of"]


class BatchProgress(Protocol):
    """Somebody who is told how far a batch is."""

    def started(self, student: str) -> None:
        """A submission has been handed out."""

    def done(self, student: str, report: Mapping[str, Any]) -> None:
        """A submission has been graded; the report comes as plain data."""

    def failed(self, student: str, fault: str) -> None:
        """Adcheck failed on a submission."""


class BatchLines:
    """Tells of each submission in a line of its own, and how long the others will take.

    Args:
        total: how many there are.
        say: prints a line.
        clock: tells seconds.
    """

    def __init__(
        self, total: int, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._say, self._ended = total, say, 0
        self._clock, self._start = clock, clock()

    def started(self, student: str) -> None:
        """Says nothing: the end will be told."""

    def done(self, student: str, report: Mapping[str, Any]) -> None:
        """See `BatchProgress.done`."""
        score, most = points_of(report)
        self._line(student, f"{score:g} of {most:g} points, {report['seconds']:.1f} s")

    def failed(self, student: str, fault: str) -> None:
        """See `BatchProgress.failed`."""
        self._line(student, f"adcheck failed: {fault}")

    def _line(self, student: str, text: str) -> None:
        self._ended += 1
        line = f"[{self._ended}/{self._total}] {escape_line(student)}: {escape_line(text)}"
        self._say(f"{line}{self._left()}")

    def _left(self) -> str:
        if self._ended >= self._total:
            return ""
        seconds = (self._clock() - self._start) / self._ended * (self._total - self._ended)
        minutes, seconds = divmod(round(seconds), 60)
        return f" (about {minutes}:{seconds:02} min left)"


def points_of(report: Mapping[str, Any]) -> tuple[float, float]:
    """Points earned and points that a machine graded, of a report as plain data."""
    items = [item for part in report["assignments"] for item in part["items"]]
    graded = [i for i in items if i["status"] not in ("manual", "skipped", "error")]
    return sum(i["points"] for i in graded), sum(i["item"]["points"] for i in graded)
