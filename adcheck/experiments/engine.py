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

__all__ = ["Kind", "Measure", "NotMeasuredError", "Point", "Run", "folder_for"]

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


Measure: TypeAlias = Callable[[Point, float], Row]
"""Measures a point within so many seconds: the columns that are neither settings nor keys.

Raises `NotMeasuredError`.
"""


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

    def measure(
        self,
        points: Sequence[Point],
        measure: Measure,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """Measures the points that have no row yet, in order.

        Args:
            points: the smaller ones of a group first.
            measure: one of them.
            progress: told the label of each point when its turn comes, measured before or not.
        """
        start = time.monotonic()
        taken: dict[str, list[tuple[float, float]]] = {}
        given_up: set[str] = set()
        for point in points:
            if progress is not None:
                progress(point.label)
            if point.group in given_up or self.store.has(point.keys):
                continue
            begun = time.monotonic()
            left = self.budget - (begun - start)
            if left <= 0 or expected(taken.get(point.group, []), point.size) > left:
                self.unreached.append(point)
                continue
            try:
                row = measure(point, left)
            except NotMeasuredError as error:
                self.problems.append(f"{point.label}: {error}")
                given_up.add(point.group)
                continue
            self.store.append({**point.keys, **row})
            taken.setdefault(point.group, []).append((point.size, time.monotonic() - begun))


def expected(taken: Sequence[tuple[float, float]], size: float) -> float:
    """How many seconds a point will take, from the sizes and seconds of those before it.

    Along the power law through the last two, with an exponent from 0 to `STEEPEST`; 0 where there
    are no two, which show it: then it has to be tried.
    """
    if len(taken) < 2:
        return 0.0
    (before, earlier), (last, seconds) = taken[-2:]
    exponent = math.log(max(seconds, 1e-9) / max(earlier, 1e-9)) / math.log(last / before)
    return seconds * (size / last) ** min(max(exponent, 0.0), STEEPEST)


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
