"""A figure as its axes, curves, error bars, labels and legends: read from what a worker tells.

Pure. `adcheck.sandbox.figures` takes a matplotlib figure apart on the other side; what comes from
there is untrusted, and whatever has not the form of a figure is no part of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from adcheck.model import Plain

__all__ = ["Axes", "Curve", "Drawing", "Figure", "drawing_of"]

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Points that belong together: a line, with or without markers or error bars, or dots alone.

    Attributes:
        x, y: of the points.
        label: under which a legend shows it; matplotlib's own begin with an underscore.
        bars: a row of x, low and high end for each vertical error bar.
        dots: whether no line joins the points.
    """

    x: Vector
    y: Vector
    label: str = ""
    bars: Vector | None = None
    dots: bool = False


@dataclass(frozen=True)
class Axes:
    """One coordinate system.

    Attributes:
        title, x_label, y_label: texts.
        x_scale, y_scale: ``"linear"``, ``"log"``, …
        x_ticks: a row of place and number for each tick whose label holds a number.
        curves: those that are visible.
        bands: of filled areas, as `Curve.bars`.
        legend: texts of its legends, in order.
        rectangles: how many bars of a bar chart or the like it has.
    """

    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_scale: str = "linear"
    y_scale: str = "linear"
    x_ticks: Vector = field(default_factory=lambda: np.empty((0, 2)))
    curves: tuple[Curve, ...] = ()
    bands: tuple[Vector, ...] = ()
    legend: tuple[str, ...] = ()
    rectangles: int = 0


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        axes: in order.
        title, x_label, y_label: of the figure as a whole.
        legend: texts of its own legends.
    """

    axes: tuple[Axes, ...] = ()
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    legend: tuple[str, ...] = ()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Of all axes."""
        return tuple(curve for axes in self.axes for curve in axes.curves)


@dataclass(frozen=True)
class Drawing:
    """What a plotting function made.

    Attributes:
        figures: those that it returned first, then those that it only drew.
        returned: how many it returned.
        type: of what it returned.
    """

    figures: tuple[Figure, ...] = ()
    returned: int = 0
    type: str = "NoneType"


def drawing_of(plain: Plain) -> Drawing:
    """Reads what a worker tells."""
    told = _mapping(plain)
    count = told.get("returned")
    return Drawing(
        tuple(map(_figure, _entries(told, "figures"))),
        count if isinstance(count, int) else 0,
        _text(told, "type"),
    )


def _figure(plain: Plain) -> Figure:
    told = _mapping(plain)
    return Figure(
        tuple(map(_axes, _entries(told, "axes"))),
        _text(told, "title"),
        _text(told, "x_label"),
        _text(told, "y_label"),
        tuple(_texts(told, "legends")),
    )


def _axes(plain: Plain) -> Axes:
    told = _mapping(plain)
    lines = [_curve(curve, dots=False) for curve in _entries(told, "curves")]
    dots = [_curve(curve, dots=True) for curve in _entries(told, "dots")]
    bands = [_bars(_mapping(band)) for band in _entries(told, "bands")]
    rectangles = told.get("rectangles")
    return Axes(
        _text(told, "title"),
        _text(told, "x_label"),
        _text(told, "y_label"),
        _text(told, "x_scale"),
        _text(told, "y_scale"),
        _rows(told, "x_ticks", 2),
        tuple(curve for curve in (*lines, *dots) if curve is not None),
        tuple(band for band in bands if band is not None),
        tuple(_texts(told, "legends")),
        rectangles if isinstance(rectangles, int) else 0,
    )


def _curve(plain: Plain, dots: bool) -> Curve | None:
    told = _mapping(plain)
    x, y = _numbers(told.get("x")), _numbers(told.get("y"))
    if x is None or y is None or x.shape != y.shape or told.get("visible") is False:
        return None
    return Curve(x, y, _text(told, "label"), _bars(told), dots)


def _bars(told: Mapping[str, Plain]) -> Vector | None:
    rows = _rows(told, "bars", 3)
    return rows if len(rows) else None


def _rows(told: Mapping[str, Plain], name: str, width: int) -> Vector:
    rows = [_numbers(row) for row in _entries(told, name)]
    known = [row for row in rows if row is not None and row.shape == (width,)]
    return np.reshape(known, (len(known), width))


def _mapping(plain: Plain) -> Mapping[str, Plain]:
    return plain if isinstance(plain, Mapping) else {}


def _entries(told: Mapping[str, Plain], name: str) -> tuple[Plain, ...]:
    entries = told.get(name)
    return entries if isinstance(entries, tuple) else ()


def _text(told: Mapping[str, Plain], name: str) -> str:
    text = told.get(name)
    return text if isinstance(text, str) else ""


def _texts(told: Mapping[str, Plain], name: str) -> Iterator[str]:
    for texts in _entries(told, name):
        if isinstance(texts, tuple):
            yield from (text for text in texts if isinstance(text, str))


def _numbers(plain: Plain) -> Vector | None:
    if not isinstance(plain, tuple):
        return None
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in plain):
        return None
    return np.asarray(plain, np.float64)
