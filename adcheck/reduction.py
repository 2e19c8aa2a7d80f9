"""Making a failing case smaller: fewest entries first, then small whole numbers.

A student learns more from a network of two weights than from one of forty. An item's tasks say
which smaller inputs there are (`Reducer.points`, smallest first); the first of them that fails in
the same way is taken, and its entries are replaced by simpler ones as long as it still fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Case, Context, Outcome, Raised, Reducer

__all__ = ["SIMPLE", "TRIES", "reduced"]

TRIES = 60
"""Calls that a reduction may make: deterministic, where a time limit would not be. Each takes a
fraction of a second, most of which is compiling for a new shape."""

SIMPLE = (0.0, 1.0, -1.0, 2.0, 0.5)
"""Values that an entry may be replaced by, the simplest first."""

AnyArray = npt.NDArray[Any]
Point = Mapping[str, Any]


def reduced(
    failing: Outcome,
    reducer: Reducer,
    context: Context,
    outcome_of: Callable[[Case], Outcome],
    tries: int = TRIES,
) -> Outcome | None:
    """The smallest case that fails as a given one does; None where no smaller one does.

    Args:
        failing: what became of the case that is made smaller.
        reducer: what smaller inputs there are.
        context: for building cases.
        outcome_of: runs a case.
        tries: how many cases may be run.
    """
    search = _Search(failing, reducer, context, outcome_of, tries)
    for point in reducer.points(context, failing.case):
        outcome = search.failing(point)
        if outcome is not None:
            return search.simplified(point, outcome)
        if not search.tries:
            return None
    return None


class _Search:
    """Tries points until it has tried enough."""

    def __init__(
        self,
        failing: Outcome,
        reducer: Reducer,
        context: Context,
        outcome_of: Callable[[Case], Outcome],
        tries: int,
    ) -> None:
        self._wanted, self._case = _kind(failing), failing.case
        self._reducer, self._context = reducer, context
        self._outcome_of = outcome_of
        self.tries = tries

    def failing(self, point: Point) -> Outcome | None:
        """The outcome at a point, if it fails in the same way."""
        if not self.tries:
            return None
        case = self._reducer.case(self._context, point)
        if case is None:
            return None
        self.tries -= 1
        outcome = self._outcome_of(replace(case, index=self._case.index, seed=self._case.seed))
        return outcome if not outcome.ok and _kind(outcome) == self._wanted else None

    def simplified(self, point: Point, outcome: Outcome) -> Outcome:
        """The outcome where no entry can be made simpler, or as far as the tries went."""
        changed = True
        while changed:
            changed = False
            for simpler in _simpler(point, self._reducer.entries):
                found = self.failing(simpler)
                if found is not None:
                    point, outcome, changed = simpler, found, True
                    break
        return outcome


def _kind(outcome: Outcome) -> tuple[str, ...]:
    """How a case failed: the kind of difference, or the exception."""
    if outcome.comparison is not None:
        return ("differs", outcome.comparison.kind.value)
    last = outcome.replies[-1]
    return ("raised", last.type) if isinstance(last, Raised) else ("died",)


def _simpler(point: Point, names: tuple[str, ...]) -> Iterator[Point]:
    """Points with one array, or one of its entries, simpler than it is: the largest leaps first."""
    for name in names:
        array = np.asarray(point[name])
        for value in SIMPLE[:2]:
            if any(_rank(entry) > _rank(value) for entry in array.flat):
                yield {**point, name: np.full_like(array, value)}
        for place in np.ndindex(array.shape):
            for value in SIMPLE:
                if _rank(value) < _rank(array[place]):
                    changed = array.copy()
                    changed[place] = value
                    yield {**point, name: changed}


def _rank(entry: Any) -> tuple[bool, float]:
    """The smaller, the simpler: by the place in `SIMPLE`, then any whole number, then the rest."""
    value = float(entry)
    if value in SIMPLE:
        return False, float(SIMPLE.index(value))
    return value != int(value) if np.isfinite(value) else True, len(SIMPLE) + abs(value)
