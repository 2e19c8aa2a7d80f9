"""How far a batch is, on a terminal: a bar, counts, and what is being graded now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from adcheck.report.escape import escape_line
from adcheck.report.lines import points_of

__all__ = ["live"]

_SHOWN = 4  # names that are being graded
_PERIOD = 3600.0  # seconds whose pace tells the time left: one submission may take a minute


class _Live:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._running: dict[str, None] = {}
        self._failed, self._score, self._most = 0, 0.0, 0.0

    def started(self, student: str) -> None:
        self._running[student] = None
        self._show()

    def done(self, student: str, report: Mapping[str, Any]) -> None:
        score, most = points_of(report)
        self._score, self._most = self._score + score, self._most + most
        self._end(student)

    def failed(self, student: str, fault: str) -> None:
        self._failed += 1
        self._progress.console.print(
            f"{escape_line(student)}: adcheck failed: {escape_line(fault)}", style="red"
        )
        self._end(student)

    def _end(self, student: str) -> None:
        self._running.pop(student, None)
        self._progress.advance(self._task)
        self._show()

    def _show(self) -> None:
        names = ", ".join(escape_line(name) for name in list(self._running)[:_SHOWN])
        share = f"{100 * self._score / self._most:.0f} % of the points" if self._most else ""
        failed = f"{self._failed} failed" if self._failed else ""
        more = ", …" if len(self._running) > _SHOWN else ""
        doing = f"grading {names}{more}" if names else ""
        told = " · ".join(part for part in (share, failed, doing) if part)
        self._progress.update(self._task, told=told)


@contextmanager
def live(total: int) -> Iterator[_Live]:
    """Shows a batch's progress on stderr for as long as the block runs.

    Args:
        total: how many submissions there are to grade.
    """
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Progress(*columns, console=console, speed_estimate_period=_PERIOD) as progress:
        yield _Live(progress, progress.add_task("", total=total, told=""))
