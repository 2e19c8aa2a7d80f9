"""Figures as students draw them, right and wrong, as the plain data that a worker would send.

Those in `RIGHT` have to earn every point; `MISTAKES` lose their share and are named; `NEAR_MISSES`
lose it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adcheck.model import Case, Foreign, Mistake, Plain, Returned, Variant

from .tables import METHODS

__all__ = ["MISTAKES", "NEAR_MISSES", "RIGHT", "Sketch"]

Numbers = tuple[float, ...]
Table = Mapping[str, Numbers]


@dataclass(frozen=True)
class Sketch:
    """How a figure is drawn; the defaults are right.

    Attributes:
        curves: which means are drawn, one curve after the other.
        x: where the points stand, from the numbers of layers.
        unit: of the times that are shown, in units of a second.
        bars: how far error bars reach, from mean and deviation; None if there are none.
        below: how far they reach down, beside how far up.
        bands: whether they are filled bands instead.
        x_label, y_label: of the axes.
        legend: names in the legend.
        title: of each coordinate system.
        rectangles: whether bars of a bar chart stand in place of curves.
        figures: how many figures the curves are spread over.
        axes: how many coordinate systems each figure has.
    """

    curves: tuple[str, ...] = METHODS
    x: Callable[[Numbers], Numbers] = lambda ns: ns
    unit: float = 1.0
    bars: Callable[[float, float], float] | None = lambda mean, deviation: deviation
    below: float = 1.0
    bands: bool = False
    x_label: str = "hidden layers"
    y_label: str = "time, s"
    legend: tuple[str, ...] = ("full Hessian", "naive", "efficient")
    title: str = ""
    rectangles: bool = False
    figures: int = 1
    axes: int = 1

    def drawn(self, table: Table) -> Plain:
        """The figures, from a table."""
        parts = max(self.figures, self.axes) if self.figures else 0
        spread = [self.curves[place::parts] for place in range(parts)]
        axes = [self._axes(table, curves, place) for place, curves in enumerate(spread)]
        groups = [axes] if self.figures == 1 else [[one] for one in axes]
        figures: list[Plain] = [
            {"title": "", "x_label": "", "y_label": "", "legends": (), "axes": tuple(group)}
            for group in (groups if self.figures else [])
        ]
        kind = "Figure" if figures else "NoneType"
        return {"returned": len(figures), "type": kind, "figures": tuple(figures)}

    def _axes(self, table: Table, curves: Sequence[str], place: int) -> dict[str, Any]:
        drawn = [self._curve(table, method) for method in curves]
        bands = [{"bars": c["bars"]} for c in drawn] if self.bands else []
        if self.bands or self.bars is None:
            drawn = [{**curve, "bars": ()} for curve in drawn]
        return {
            "title": f"{self.title} {place}".strip() if self.title else "",
            "x_label": self.x_label,
            "y_label": self.y_label,
            "x_scale": "linear",
            "y_scale": "log",
            "legends": (self.legend,) if self.legend else (),
            "curves": () if self.rectangles else tuple(drawn),
            "bands": tuple(bands),
            "dots": (),
            "rectangles": 12 if self.rectangles else 0,
        }

    def _curve(self, table: Table, method: str) -> dict[str, Any]:
        x = self.x(table["n"])
        means = table[f"{method}_mean"]
        deviations = table[f"{method}_std"]
        reach = self.bars or (lambda mean, deviation: 0.0)
        pairs = zip(x, means, deviations, strict=True)
        bars = [
            (
                at,
                self.unit * (mean - self.below * reach(mean, std)),
                self.unit * (mean + reach(mean, std)),
            )
            for at, mean, std in pairs
        ]
        y = tuple(self.unit * mean for mean in means)
        return {"x": x, "y": y, "label": method, "visible": True, "bars": tuple(bars)}


def _variant(sketch: Sketch) -> Variant:
    def variant(case: Case) -> Sequence[Returned]:
        table: Table = case.data["table"]
        return [Returned(Foreign("Figure", ""), 0.0, plain=sketch.drawn(table), given=dict(table))]

    return variant


RIGHT: Mapping[str, Variant] = {
    name: _variant(sketch)
    for name, sketch in {
        "error bars": Sketch(),
        "bands": Sketch(bands=True),
        "milliseconds": Sketch(unit=1e3, y_label="time, ms"),
        "over parameters": Sketch(x=lambda ns: tuple(4 * n + 2 for n in ns)),
        "three coordinate systems": Sketch(axes=3, title="method", legend=()),
        "another order": Sketch(
            curves=METHODS[::-1], legend=("efficient", "naive", "full Hessian")
        ),
    }.items()
}


_LEGEND = "A reader has to find out from the figure alone which curve is which method."
_LABELS = "What is on this axis, and in which unit?"

MISTAKES = (
    Mistake(
        "no-figure",
        "There is no figure.",
        "plt.show() shows what was drawn before it: is anything drawn, and returned?",
        _variant(Sketch(figures=0)),
    ),
    Mistake(
        "empty-figure",
        "The figure is empty.",
        "A new figure begins with plt.figure() or plt.subplots(): is anything drawn after that?",
        _variant(Sketch(curves=())),
    ),
    Mistake(
        "several-figures",
        "Its curves are in several figures, not in one.",
        "They are to be compared: one figure is asked for.",
        _variant(Sketch(figures=3)),
    ),
    Mistake(
        "curve-twice",
        "One curve is drawn twice, in place of another.",
        "Compare the columns that your calls draw.",
        _variant(Sketch(curves=("full", "naive", "naive"))),
    ),
    Mistake(
        "curve-twice",
        "One curve is drawn twice, in place of another.",
        "Compare the columns that your calls draw.",
        _variant(Sketch(curves=("full", "full", "hvp"))),
    ),
    Mistake(
        "curve-missing",
        "A curve is missing.",
        "Three methods were timed.",
        _variant(Sketch(curves=("full", "hvp"), legend=("full", "efficient"))),
    ),
    Mistake(
        "other-data",
        "The curves show something else than the means.",
        "Which columns of the table hold the means?",
        _variant(Sketch(unit=1.7)),
    ),
    Mistake(
        "x-not-layers",
        "The curves are not drawn over the numbers of layers.",
        "Without x values, matplotlib counts the points. Where in the table are those asked for?",
        _variant(Sketch(x=lambda ns: tuple(float(place) for place in range(len(ns))))),
    ),
    Mistake(
        "unit-untold",
        "It shows other units than seconds, and no label says so.",
        _LABELS,
        _variant(Sketch(unit=1e3, y_label="time")),
    ),
    Mistake(
        "no-error-bars",
        "There are no error bars.",
        "The table holds a deviation for each mean: where does the figure show it?",
        _variant(Sketch(bars=None)),
    ),
    Mistake(
        "other-error-bars",
        "The error bars are not one standard deviation.",
        "Which column do the error bars come from, and is it changed on the way?",
        _variant(Sketch(bars=lambda mean, deviation: 2 * deviation)),
    ),
    Mistake(
        "other-error-bars",
        "The error bars are not one standard deviation.",
        "Which column do the error bars come from, and is it changed on the way?",
        _variant(Sketch(bars=lambda mean, deviation: deviation**2)),
    ),
    Mistake(
        "other-error-bars",
        "The error bars are not one standard deviation.",
        "Which column do the error bars come from, and is it changed on the way?",
        _variant(Sketch(below=0.0)),
    ),
    Mistake(
        "unit-wrong",
        "A label names another unit than the one that is drawn.",
        _LABELS,
        _variant(Sketch(y_label="time, ms")),
    ),
    Mistake(
        "unit-wrong",
        "A label names another unit than the one that is drawn.",
        _LABELS,
        _variant(Sketch(unit=1e3, y_label="time, s")),
    ),
    Mistake("labels-swapped", "Each axis has the other one's label.", _LABELS,
            _variant(Sketch(x_label="time, s", y_label="hidden layers"))),
    Mistake("no-labels", "The axes have no labels.", _LABELS,
            _variant(Sketch(x_label="", y_label=""))),
    Mistake("no-x-label", "The x axis has no label.", _LABELS, _variant(Sketch(x_label=""))),
    Mistake("no-y-label", "The y axis has no label.", _LABELS, _variant(Sketch(y_label=""))),
    Mistake("no-legend", "There is no legend.", _LEGEND, _variant(Sketch(legend=()))),
    Mistake("legend-incomplete", "The legend leaves out a curve.", _LEGEND,
            _variant(Sketch(legend=("full Hessian", "naive")))),
    Mistake("legend-repeats", "The legend gives several curves the same name.", _LEGEND,
            _variant(Sketch(legend=("time", "time", "time")))),
    Mistake("legend-swapped", "The legend gives curves each other's names.",
            "Follow each curve from its column in the table to its name in the legend.",
            _variant(Sketch(legend=("full Hessian", "efficient", "naive")))),
    Mistake("legend-swapped", "The legend gives curves each other's names.",
            "Follow each curve from its column in the table to its name in the legend.",
            _variant(Sketch(legend=("naive_hvp", "hvp", "full")))),
)  # fmt: skip


NEAR_MISSES: Mapping[str, Variant] = {"a bar chart": _variant(Sketch(rectangles=True))}
