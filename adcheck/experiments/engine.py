"""Runs any kind of experiment: point after point into its CSV, within a budget, and once only."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from adcheck.errors import UsageError
from adcheck.experiments.store import Columns, Row, Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

__all__ = ["Kind", "Measure", "NotMeasuredError", "Plan", "Point", "Run", "folder_for"]

STEEPEST = 3.0
"""Largest exponent of a point's time in its size that is expected: that of a Hessian by slices."""


class NotMeasuredError(Exception):
    """Raised where a point cannot be measured, nor can larger ones; its message is the reason."""


@dataclass(frozen=True)
class Kind:
    """One kind of experiment, apart from measuring it.

    Attributes:
        name: of the command, and of the files.
        columns: of its CSV.
        draw: paints its rows on an empty figure.
        told: tables and texts on its rows, for the terminal.
        size: of the picture: width and height in inches.
    """

    name: str
    columns: Columns
    draw: Callable[[Figure, Sequence[Row]], None]
    told: Callable[[Sequence[Row]], Sequence[RenderableType]]
    size: tuple[float, float] = (7.0, 4.6)


@dataclass(frozen=True)
class Point:
    """One thing to measure.

    Attributes:
        keys: values of columns by which its row is known.
        label: for people.
        group: points whose times grow with their size along one curve.
        size: place on that curve, positive.
    """

    keys: Row
    label: str
    group: str = ""
    size: float = 1.0


Measure: TypeAlias = Callable[[Point, float], Sequence[Row]]
"""Measures a point within so many seconds: rows without the columns that are settings or keys.

Raises `NotMeasuredError`.
"""


@dataclass(frozen=True)
class Plan:
    """A kind of experiment with everything chosen.

    Attributes:
        kind: of experiment.
        settings: the columns that all of its rows share.
        points: to measure; the smaller ones of a group first.
        measure: one of them.
        spent: seconds that a row took, as far as the row tells; for going on with a run.
    """

    kind: Kind
    settings: Row
    points: Sequence[Point]
    measure: Measure
    spent: Callable[[Row], float] = lambda row: 0.0


@dataclass
class Run:
    """One run of an experiment.

    Attributes:
        store: where its rows go.
        budget: seconds that it may take; a point is not begun that would end later, as far as
            the points before it tell.
        unreached: the points for which there was no time.
        problems: sentences on what could not be measured.
    """

    store: Store
    budget: float
    unreached: list[Point] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def measure(self, plan: Plan, progress: Callable[[str], None] | None = None) -> None:
        """Measures the points of a plan that have no row yet, in order.

        Args:
            plan: whose rows the store holds.
            progress: told the label of each point when its turn comes, measured before or not.
        """
        end = time.monotonic() + self.budget
        taken: dict[str, list[tuple[float, float]]] = {}
        given_up: set[str] = set()
        for point in plan.points:
            if progress is not None:
                progress(point.label)
            known = self.store.having(point.keys)
            group = taken.setdefault(point.group, [])
            if known:
                group.append((point.size, plan.spent(known[0])))
            if known or point.group in given_up:
                continue
            begun = time.monotonic()
            if begun >= end or expected(group, point.size) > end - begun:
                self.unreached.append(point)
                continue
            try:
                rows = plan.measure(point, end - begun)
            except NotMeasuredError as error:
                self.problems.append(f"{point.label}: {error}")
                given_up.add(point.group)
                continue
            self.store.extend({**point.keys, **row} for row in rows)
            group.append((point.size, time.monotonic() - begun))


def expected(taken: Sequence[tuple[float, float]], size: float) -> float:
    """How many seconds a point will take, from the sizes and seconds of those before it.

    Along the power law through the last two, with an exponent from 0 to `STEEPEST`; 0 where there
    are no two to show it: then it has to be tried.
    """
    if len(taken) < 2:
        return 0.0
    (before, earlier), (last, seconds) = taken[-2:]
    if before == last:
        return seconds
    exponent = math.log(max(seconds, 1e-9) / max(earlier, 1e-9)) / math.log(last / before)
    return seconds * math.pow(size / last, min(max(exponent, 0.0), STEEPEST))


def folder_for(path: Path) -> Path:
    """The folder for an experiment's files, made if need be.

    Raises:
        UsageError: it cannot be made, or nothing can be written there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):  # found out before minutes of measuring
            pass
    except OSError as error:
        raise UsageError(f"cannot write into {path}: {error.strerror or error}.") from error
    return path
