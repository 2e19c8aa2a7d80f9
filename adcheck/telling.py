"""Further runs of a function that lost points, for what its author is told; points never change.

They go through the same worker as the cases before, in the quick way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.compare import array_of
from adcheck.model import Context, Kind, Outcome, Raised, Returned, Task, Value
from adcheck.reduction import reduced
from adcheck.running import Runner
from adcheck.verdict import on_first_inputs

__all__ = ["Telling"]

AnyArray = npt.NDArray[Any]


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

    def alone(self, failing: Outcome) -> bool:
        """Whether the call that came out wrong does so in a fresh worker, with none before it."""
        comparison = failing.comparison
        if comparison is None or comparison.kind is not Kind.VALUE or _forgets(failing):
            return False
        if comparison.call >= len(failing.case.calls):
            return False
        before = failing.replies[comparison.call]
        reply = self._runner.alone(failing.case.calls[comparison.call], failing.case)
        if not isinstance(before, Returned) or not isinstance(reply, Returned):
            return False
        old, new = (_arrays(failing.case.read(each.value)) for each in (before, reply))
        return (
            bool(old)
            and [array.shape for array in old] == [array.shape for array in new]
            and all(np.allclose(*pair, rtol=SAME, atol=0.0) for pair in zip(old, new, strict=True))
        )


def _arrays(value: Value) -> list[AnyArray]:
    """The arrays of a result, of which there may be several; none if it holds anything else."""
    array = array_of(value)
    if array is not None:
        return [array.data]
    parts = [_arrays(entry) for entry in value] if isinstance(value, tuple) else []
    return [array for part in parts for array in part] if all(parts) else []


SAME = 1e-4
"""Relative difference up to which two runs gave the same: other ways round otherwise, and what was
kept from another call is off by far."""


def _forgets(outcome: Outcome) -> bool:
    """Whether a case fails on its first inputs, and not because of what was called before."""
    call = len(outcome.replies) - 1 if outcome.comparison is None else outcome.comparison.call
    return on_first_inputs(outcome.case, call)


def _quick(outcome: Outcome) -> bool:
    """Whether a run ends: by returning or raising, and not at a limit."""
    if outcome.comparison is not None:
        return outcome.comparison.kind is not Kind.PROPERTY
    return isinstance(outcome.replies[-1], Raised)
