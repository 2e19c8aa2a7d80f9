"""Which curve of a figure shows which method's times, in what unit, and over what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.figure import Axes, Curve, Figure

from .tables import METHODS, Timings

__all__ = ["CLOSE", "UNITS", "Shown", "same", "shown_in", "times_drawn", "units_named"]

Vector = npt.NDArray[np.float64]

CLOSE = 1e-3
"""Relative: what stands in a figure may have been rounded for it."""

UNITS: Final = (1.0, 1e3, 1e6, 1e9, 1 / 60)
"""Of the second: a figure may show milliseconds, microseconds, nanoseconds, or minutes."""

BESIDE_TICK: Final = 0.3
"""How far from its tick a point may stand: bars side by side share one."""


@dataclass(frozen=True)
class Shown:
    """The curve of one method in a figure.

    Attributes:
        axes: that hold it.
        curve: whose values are the method's means.
        unit: of time, of which there are so many in a second.
        over_layers: whether it is drawn over the numbers of layers.
    """

    axes: Axes
    curve: Curve
    unit: float
    over_layers: bool


def shown_in(figure: Figure, table: Timings, ns: Sequence[int]) -> dict[str, Shown]:
    """For each method the curve whose values are its means; one over the layers if there is one."""
    found: dict[str, Shown] = {}
    for axes in figure.axes:
        for curve in axes.curves:
            for method in METHODS:
                for unit in UNITS:
                    if not same(curve.y, unit * table.means[method]):
                        continue
                    over = any(
                        _paired(x, curve.y, unit * table.means[method], ns)
                        and (_over_layers(x, ns) or (table.ns is not None and same(x, table.ns)))
                        for x in (curve.x, _ticked(curve.x, axes.x_ticks))
                    )
                    if method not in found or (over and not found[method].over_layers):
                        found[method] = Shown(axes, curve, unit, over)
    return found


def same(numbers: Vector, wanted: Vector) -> bool:
    """Whether these are the numbers, in whatever order the points were drawn."""
    if numbers.shape != wanted.shape:
        return False
    return bool(
        np.all(np.abs(np.sort(numbers) - np.sort(wanted)) <= CLOSE * np.sort(np.abs(wanted)))
    )


def _ticked(x: Vector, ticks: Vector) -> Vector:
    """What stands at the ticks over which points are drawn, where there is one for each."""
    if not len(x) or not len(ticks):
        return x
    nearest = np.argmin(np.abs(x[:, None] - ticks[:, 0]), axis=1)
    beside = np.abs(x - ticks[nearest, 0])
    return ticks[nearest, 1] if np.all(beside <= BESIDE_TICK) else x


def _paired(x: Vector, y: Vector, means: Vector, ns: Sequence[int]) -> bool:
    """Whether each mean stands at its own place, whatever is counted there."""
    if len(ns) != len(means):
        return True
    found, wanted = y[np.argsort(x, kind="stable")], means[np.argsort(ns)]
    return bool(np.all(np.abs(found - wanted) <= CLOSE * np.abs(wanted)))


def _over_layers(x: Vector, ns: Sequence[int]) -> bool:
    """Whether a curve goes over numbers of layers, or of parameters, which grow with them."""
    layers = np.asarray(ns, np.float64)
    if any(same(x, wanted) for wanted in (layers, 4 * layers + 2, layers + 1)):
        return True
    beside = x.shape == layers.shape and np.abs(np.sort(x) - np.sort(layers))
    return bool(np.all(beside <= np.maximum(0.12, 0.05 * np.sort(layers))))  # for bars side by side


def times_drawn(figure: Figure, shown: Shown) -> int:
    """How many curves have the values of one that is shown."""
    return sum(same(curve.y, shown.curve.y) and not curve.dots for curve in figure.curves)


_UNIT_NAMES: Final = {
    1.0: r"(?:(?<=\bin )|(?<=\bв )|(?<=[\[(,/;] )|(?<=[\[(,/;]))[sс]|[sс](?=\s*$)"
    r"|secs?|seconds?|сек|секунд\w*",
    1e3: r"ms|msecs?|millis\w*|мс|мсек|милли\w*|мілі\w*",
    1e9: r"ns|nanos\w*|нс|нано\w*",
    1e6: r"us|µs|μs|usecs?|micros\w*|мкс|микро\w*|мікро\w*",
    1 / 60: r"mins?|minutes?|мин|минут\w*|хв|хвилин\w*",
}
"""How labels name the units, in the course's languages. A bare letter is one only where a unit
stands: "с" is a preposition, too."""


def units_named(figure: Figure) -> set[float]:
    """The units of time that the labels of the y axes name."""
    texts = [figure.y_label, *[axes.y_label for axes in figure.axes]]
    text = " ".join(texts).lower().replace("\\mu", "µ").replace("$", "").replace("{", "")
    if re.search(r"10\s*(\^|\*\*|⁻)|1e-?\d", text):  # a power of ten: it may be any
        return set(_UNIT_NAMES)
    words = {unit: rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])" for unit, names in _UNIT_NAMES.items()}
    return {unit for unit, pattern in words.items() if re.search(pattern, text)}
