"""How a figure shows deviations: by error bars, bands, or lines a deviation away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from adcheck.figure import Figure

from .curves import CLOSE, Shown
from .explaining import column, tr
from .findings import Fault
from .tables import Timings

__all__ = ["of_bars"]

Vector = npt.NDArray[np.float64]


def of_bars(figure: Figure, table: Timings, shown: dict[str, Shown]) -> list[Fault]:
    """What is wrong with how the deviations of the curves that are there are shown."""
    without, wrong = [], []
    for method, curve in shown.items():
        deviation = table.deviations.get(method)
        means = table.means[method] * curve.unit
        reaches = list(_reaches(figure, means))
        spread = None if deviation is None else deviation * curve.unit
        if spread is not None and np.any(spread) and _is_between_lines(figure, means, spread):
            continue
        if not reaches:
            without.append(column(method))
        elif spread is not None and not any(
            np.allclose(reach, spread, rtol=CLOSE, atol=0.0) for reach in reaches
        ):
            wrong.append(column(method))
    faults = []
    if without:
        told = tr("There are no error bars on: {names}.", names=", ".join(without))
        faults.append(("no-error-bars", told))
    if wrong:
        told = tr("The error bars are not the deviations given: {names}.", names=", ".join(wrong))
        faults.append(("other-error-bars", told))
    return faults


def _is_between_lines(figure: Figure, means: Vector, deviation: Vector) -> bool:
    """Whether a line goes a deviation above these means, and another one below."""
    along = [c.y[np.argsort(c.x, kind="stable")] for c in figure.curves if len(c.y) == len(means)]
    return all(
        any(np.all(np.abs(y - end) <= CLOSE * means) for y in along)
        for end in (means + deviation, means - deviation)
    )


def _reaches(figure: Figure, means: Vector) -> Sequence[tuple[Vector, Vector]]:
    """How far up and down every set of error bars, or band, reaches from these means."""
    reaches: list[tuple[Vector, Vector]] = []
    for axes in figure.axes:
        for bars in (*[c.bars for c in axes.curves], *axes.bands):
            if bars is None or len(bars) != len(means):
                continue
            order = np.argsort(bars[:, 0])
            high = bars[order, 2] - means
            low = means - bars[order, 1]
            from_means = np.all(high >= -CLOSE * means) and np.all(low >= -CLOSE * means)
            if from_means and (np.all(bars[:, 2] > bars[:, 1]) or not np.any(high)):
                reaches.append((high, low))
    return reaches
