"""Further runs of a function that lost points, for what its author is told; points never change.

They go through the same worker as the cases before, in the quick way.
"""

from __future__ import annotations

from collections.abc import Sequence

from adcheck.model import Context, Kind, Outcome, Raised, Returned, Task
from adcheck.reduction import reduced
from adcheck.running import Runner
from adcheck.verdict import on_first_inputs

__all__ = ["Telling"]


class Telling:
    """What further runs tell of one item: see `adcheck.verdict.Further`."""

    def __init__(self, runner: Runner, task: Task, context: Context) -> None:
        self._runner, self._task, self._context = runner, task, context

    def broken_property(self, failing: Sequence[Outcome]) -> str:
        """The first probe whose property does not hold, where values are what is wrong."""
        if self._task.probes is None or not failing:
            return ""
        first = failing[0].comparison
        if first is None or first.kind is not Kind.VALUE or not _forgets(failing[0]):
            return ""
        for probe in self._task.probes(self._context):
            replies = self._runner.replies(probe.calls, failing[0].case)
            returned = [reply for reply in replies if isinstance(reply, Returned)]
            if len(returned) == len(probe.calls) and not probe.holds(returned):
                return probe.sentence
        return ""

    def smaller(self, failing: Outcome) -> Outcome | None:
        """The reduced case; None where it stays, or where only an earlier call makes it fail."""
        if self._task.reducer is None or not _forgets(failing) or not _quick(failing):
            return None
        return reduced(failing, self._task.reducer, self._context, self._runner.again)


def _forgets(outcome: Outcome) -> bool:
    """Whether a case fails on its first inputs, and not because of what was called before."""
    call = len(outcome.replies) - 1 if outcome.comparison is None else outcome.comparison.call
    return on_first_inputs(outcome.case, call)


def _quick(outcome: Outcome) -> bool:
    """Whether a run ends: by returning or raising, and not at a limit."""
    if outcome.comparison is not None:
        return outcome.comparison.kind is not Kind.PROPERTY
    return isinstance(outcome.replies[-1], Raised)
