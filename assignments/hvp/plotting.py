"""How the figure of the timings is judged: by its artists, against the table that it was given.

The table is what the student's own experiment returns by a script, so that it has the form that
their plotting function expects; where there is none, tables in the statement's forms are tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.authoring import case_seed, generator, mark
from adcheck.figure import Axes, Curve, Drawing, Figure, drawing_of
from adcheck.model import (
    Argument,
    Call,
    Case,
    Comparison,
    Context,
    Kind,
    Made,
    Reading,
    Returned,
    Rows,
)

from .explaining import column, tr, trn
from .findings import Fault
from .scripts import Trial, trials
from .tables import METHODS, Timings, readings

__all__ = ["PARTS", "cases", "unfit"]

Vector = npt.NDArray[np.float64]

PARTS = ("curves", "bars", "labels", "legend")
CLOSE = 1e-3
UNITS: Final = (1.0, 1e3, 1e6, 1e9, 1 / 60)
"""Of the second: a figure may show milliseconds, microseconds, nanoseconds, or minutes."""

BESIDE_TICK: Final = 0.3
"""How far from its tick a point may stand: bars side by side share one."""

FORMS: Final = ("records", "columns", "frame", "structured")


def cases(context: Context) -> Sequence[Case]:
    """One case for each part, which all look at the same figure."""
    seed = case_seed(context.seed, context.item.id, 0)
    trial = trials(generator(seed))[2]
    table = _table(trial, generator(seed + 1))
    forms: list[tuple[Argument, ...]] = [(Rows(table, form),) for form in FORMS]
    own = _has_results(context)
    if own:
        forms.insert(0, (Made(trial.call("hvp.timing")),))
    call = Call(context.item.id, forms[0], reading=Reading.FIGURE, otherwise=tuple(forms[1:]))
    calls = (call,)
    return [
        Case(
            part=part,
            index=index,
            seed=seed,
            inputs=({"results": tr("the table of a timing experiment")},),
            calls=calls,
            judge=partial(_judged, trial.ns, part, own),
            data={"table": table, "ns": trial.ns},
            doubtful="" if own else tr(_UNKNOWN_FORM),
            alike=partial(_alike, trial.ns, part),
        )
        for index, part in enumerate(PARTS)
    ]


_UNKNOWN_FORM: Final = mark(
    "It was called with tables in the forms of the statement, since there is no timing experiment "
    "whose results it could show; its own may have another form, so a person marks it."
)


def _has_results(context: Context) -> bool:
    """Whether the student's own experiment returns something to be shown."""
    if context.parameters is None and not context.found:
        return True  # nobody's: formulations are judged, and no submission
    if "hvp.timing" not in context.found:
        return False
    outcomes = context.earlier.get("hvp.timing")
    if not outcomes:
        return True
    first = outcomes[0].replies[0]
    return isinstance(first, Returned) and first.plain is not None


def _table(trial: Trial, rng: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """A table in the statement's columns."""
    columns: dict[str, tuple[float, ...]] = {"n": tuple(trial.ns)}
    for method, scale in zip(METHODS, (1.0, 0.05, 0.2), strict=True):
        sizes = np.asarray([4.0 * n + 2 for n in trial.ns])
        means = scale * sizes * rng.uniform(0.8, 1.2, len(sizes))
        columns[f"{method}_mean"] = tuple(means.tolist())
        columns[f"{method}_std"] = tuple((means * rng.uniform(0.1, 0.3, len(sizes))).tolist())
    return columns


def unfit(context: Context) -> str:
    """Why a machine cannot call it: it takes more than the results."""
    parameters = context.parameters
    if parameters is None:
        return ""
    needed = [p for p in parameters if p.kind in ("positional", "keyword") and not p.default]
    takes_any = any(p.kind in ("positional", "*") for p in parameters)
    if len(needed) > 1 or not takes_any:
        names = ", ".join(p.name for p in parameters)
        return tr(
            "It takes ({parameters}) where (results) is asked for, so a person marks it.",
            parameters=names,
        )
    return ""


# --------------------------------------------------------------------------- what a figure shows


@dataclass(frozen=True)
class Look:
    """A figure beside the table that it was drawn from.

    Attributes:
        ns: numbers of hidden layers in the table.
        reply: the figure, and the table that was given.
    """

    ns: tuple[int, ...]
    reply: Returned

    @cached_property
    def drawing(self) -> Drawing:
        """What was drawn."""
        return drawing_of(self.reply.plain)

    @cached_property
    def _tables(self) -> list[Timings]:
        return [t for t in readings(self.reply.given, self.ns) if t.whole]

    @cached_property
    def _best(self) -> tuple[Figure, Timings, dict[str, _Shown]]:
        """The figure that shows most, and the curve of each method."""
        looks = [
            (figure, table, _shown(figure, table, self.ns))
            for figure in self.drawing.figures
            for table in self._tables
        ]
        return max(looks, key=lambda look: len(look[2]))

    @cached_property
    def doubt(self) -> str:
        """Why a machine cannot tell; empty if it can."""
        if not self._tables and self.drawing.figures:
            return tr("The table that it is given could not be read, so a person marks it.")
        if not self.drawing.figures and self.drawing.type not in ("NoneType", "str", "list"):
            return tr(
                "It returned a value of type {type}, and made no figure of matplotlib's, so a "
                "person marks it.",
                type=self.drawing.type,
            )
        if self.drawing.figures and self._tables and self._is_logarithmic:
            return tr("Its curves show logarithms of the means, so a person marks it.")
        return ""

    @property
    def _is_logarithmic(self) -> bool:
        """Whether the curves are logarithms of the means, to any usual base."""
        figure, table, shown = self._best
        if shown:
            return False
        logarithms = [
            log(unit * table.means[method])
            for log in (np.log10, np.log, np.log2)
            for unit in UNITS
            for method in METHODS
            if np.all(table.means[method] > 0)
        ]
        drawn = [c for c in figure.curves if any(_same(c.y, wanted) for wanted in logarithms)]
        return len(drawn) >= len(METHODS)

    def faults(self, part: str) -> list[Fault]:
        """What costs a part's points."""
        if not self.drawing.figures:
            return [("no-figure", tr("It made no figure, neither returned nor shown."))]
        figure, table, shown = self._best
        if not any(axes.curves or axes.rectangles or axes.bands for axes in figure.axes):
            return [("empty-figure", tr("There is nothing in its figure."))]
        if part == "curves":
            return list(self._of_curves(figure, table, shown))
        if part == "labels":
            return _of_labels(figure)
        if part == "legend":
            return _of_legend(figure, shown)
        if not shown:
            return [("other-data", tr("None of its curves shows a mean of the table."))]
        return _of_bars(figure, table, shown)

    def _of_curves(
        self, figure: Figure, table: Timings, shown: dict[str, _Shown]
    ) -> Sequence[Fault]:
        missing = [m for m in METHODS if m not in shown]
        if not figure.curves and any(axes.rectangles for axes in figure.axes):
            return [("bar-chart", tr("It is a bar chart, where curves are asked for."))]
        if missing and len(self.drawing.figures) > 1:
            apart = [_shown(f, table, self.ns) for f in self.drawing.figures]
            if set(METHODS) == {method for each in apart for method in each}:
                return [("several-figures", tr("Its curves are in several figures, not in one."))]
        if missing:
            names = ", ".join(map(column, missing))
            twice = [m for m, curve in shown.items() if _times_drawn(figure, curve) > 1]
            if twice:
                told = tr(
                    "One curve is there twice ({twice}), another is not there ({missing}).",
                    twice=", ".join(map(column, twice)),
                    missing=names,
                )
                return [("curve-twice", told)]
            if not shown:
                return [("other-data", tr("None of its curves shows a mean of the table."))]
            return [("curve-missing", tr("No curve shows the means of {names}.", names=names))]
        if not all(curve.over_layers for curve in shown.values()):
            return [("x-not-layers", tr("The curves are not drawn over the numbers of layers."))]
        units, named = {curve.unit for curve in shown.values()}, _units_named(figure)
        if len(units) > 1:
            return [("unit-wrong", tr("Its curves are in different units."))]
        if units != {1.0} and not named:
            return [("unit-untold", tr("It shows other units than seconds, and no label says so."))]
        if len(named) == 1 and units != named:
            return [("unit-wrong", tr("A label names another unit than the one that is drawn."))]
        return []


@dataclass(frozen=True)
class _Shown:
    """The curve of one method in a figure."""

    axes: Axes
    curve: Curve
    unit: float
    over_layers: bool


def _shown(figure: Figure, table: Timings, ns: Sequence[int]) -> dict[str, _Shown]:
    """For each method the curve whose values are its means; one over the layers if there is one."""
    found: dict[str, _Shown] = {}
    for axes in figure.axes:
        for curve in axes.curves:
            for method in METHODS:
                for unit in UNITS:
                    if not _same(curve.y, unit * table.means[method]):
                        continue
                    over = any(
                        _paired(x, curve.y, unit * table.means[method], ns)
                        and (_over_layers(x, ns) or (table.ns is not None and _same(x, table.ns)))
                        for x in (curve.x, _ticked(curve.x, axes.x_ticks))
                    )
                    if method not in found or (over and not found[method].over_layers):
                        found[method] = _Shown(axes, curve, unit, over)
    return found


def _same(numbers: Vector, wanted: Vector) -> bool:
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
    if any(_same(x, wanted) for wanted in (layers, 4 * layers + 2, layers + 1)):
        return True
    beside = x.shape == layers.shape and np.abs(np.sort(x) - np.sort(layers))
    return bool(np.all(beside <= np.maximum(0.12, 0.05 * np.sort(layers))))  # for bars side by side


def _times_drawn(figure: Figure, shown: _Shown) -> int:
    return sum(_same(curve.y, shown.curve.y) and not curve.dots for curve in figure.curves)


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


def _units_named(figure: Figure) -> set[float]:
    """The units of time that the labels of the y axes name."""
    texts = [figure.y_label, *[axes.y_label for axes in figure.axes]]
    text = " ".join(texts).lower().replace("\\mu", "µ").replace("$", "").replace("{", "")
    if re.search(r"10\s*(\^|\*\*|⁻)|1e-?\d", text):  # a power of ten: it may be any
        return set(_UNIT_NAMES)
    words = {unit: rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])" for unit, names in _UNIT_NAMES.items()}
    return {unit for unit, pattern in words.items() if re.search(pattern, text)}


# --------------------------------------------------------------------------- its parts


def _of_bars(figure: Figure, table: Timings, shown: dict[str, _Shown]) -> list[Fault]:
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


_TIME: Final = r"time|second|время|врем|секунд|час"
_LAYERS: Final = r"layer|depth|слой|слоёв|слоев|слои|глубин|шар|глибин"
"""Words of one axis' label, in the course's languages."""


def _of_labels(figure: Figure) -> list[Fault]:
    axes = [axes for axes in figure.axes if axes.curves or axes.rectangles]
    missing = [
        name
        for name, whole, each in (
            ("x", figure.x_label, [a.x_label for a in axes]),
            ("y", figure.y_label, [a.y_label for a in axes]),
        )
        if not whole.strip() and not any(text.strip() for text in each)
    ]
    if not missing:
        across, up = (
            " ".join([figure.x_label, *[a.x_label for a in axes]]).lower(),
            " ".join([figure.y_label, *[a.y_label for a in axes]]).lower(),
        )
        of_time, of_layers = (partial(re.search, words) for words in (_TIME, _LAYERS))
        time_across = of_time(across) and not of_layers(across)
        layers_up = of_layers(up) and not of_time(up) and not _units_named(figure)
        if time_across and layers_up:
            return [("labels-swapped", tr("Each axis has the other one's label."))]
        if time_across:
            return [("wrong-label", tr("The label of the x axis speaks of time."))]
        if layers_up:
            return [("wrong-label", tr("The label of the y axis speaks of layers, not of time."))]
        return []
    if len(missing) == 2:
        return [("no-labels", tr("The axes have no labels."))]
    told = tr("The x axis has no label.") if "x" in missing else tr("The y axis has no label.")
    return [(f"no-{missing[0]}-label", told)]


def _of_legend(figure: Figure, shown: Mapping[str, _Shown]) -> list[Fault]:
    curves = len(shown) or len(METHODS)
    texts = [t.strip() for t in (*figure.legend, *[t for a in figure.axes for t in a.legend])]
    named = [text for text in texts if text and not text.startswith("_")]
    drawn = [axes for axes in figure.axes if axes.curves]
    titles = {axes.title.strip() for axes in drawn if axes.title.strip()}
    if len(titles) >= curves and len(drawn) == len(titles):
        return []  # a coordinate system for each, under its title
    if not texts:
        return [("no-legend", tr("There is no legend."))]
    if len(named) < curves:
        told = trn(
            "The legend names {count} of {all} curves.",
            "The legend names {count} of {all} curves.",
            len(named),
            count=len(named),
            all=curves,
        )
        return [("legend-incomplete", told)]
    if len(set(named)) < curves:
        return [("legend-repeats", tr("The legend has one name for several curves."))]
    names = {method: _method_named(text) for method, text in _names(shown).items()}
    wrong = {method: named for method, named in names.items() if named not in ("", method)}
    if len(wrong) > 1 and set(wrong) == set(wrong.values()):
        told = tr("These curves have another's name: {names}.", names=", ".join(map(column, wrong)))
        return [("legend-swapped", told)]
    return []


def _names(shown: Mapping[str, _Shown]) -> dict[str, str]:
    """What the legend calls each method's curve; nothing where that cannot be told."""
    if len({id(each.axes) for each in shown.values()}) != 1:
        return {}
    axes = next(iter(shown.values())).axes
    if len(axes.legend) == len(axes.curves) and not axes.bands:  # in the order of drawing
        texts = {id(curve): text for curve, text in zip(axes.curves, axes.legend, strict=True)}
        return {method: texts[id(each.curve)] for method, each in shown.items()}
    if all(each.curve.label in axes.legend for each in shown.values()):
        return {method: each.curve.label for method, each in shown.items()}
    return {}


def _method_named(text: str) -> str:
    """Which method a name in a legend speaks of; empty where that is not plain.

    Some call the full Hessian's way naive as well, and each of the three is a product: only a word
    of one method, without one of another, says which is meant.
    """
    found = {method for method, words in _WORDS.items() if re.search(words, text.lower())}
    if {"naive", "hvp"} == found and not re.search(_EFFICIENT, text.lower()):
        return "naive"  # the function's name is naive_hvp
    return found.pop() if len(found) == 1 else ""


_EFFICIENT: Final = r"efficient|effective|эффект|ефект|\bjvp|without|\bбез\b"
_WORDS: Final = {
    "full": r"\bfull|полн|повн|calculate_hessian|^(the )?(hessian|гессиан|гесіан|гессіан)$",
    "naive": r"naive|naïve|наив|наїв|\bproduct (alone|only)|precomputed|готов",
    "hvp": rf"{_EFFICIENT}|hvp",
}
"""How legends name the methods, in the course's languages."""


# --------------------------------------------------------------------------- verdicts


def _judged(ns: tuple[int, ...], part: str, own: bool, replies: Sequence[Returned]) -> Comparison:
    """The verdict on one part.

    Args:
        ns: numbers of hidden layers in the table.
        part: of the item.
        own: whether it was drawn from the student's own results.
        replies: with the figure.
    """
    look = Look(ns, replies[0])
    if look.doubt:
        return Comparison(Kind.DOUBT, look.doubt)
    faults = look.faults(part)
    if not faults:
        return Comparison(Kind.EQUAL)
    told = " ".join(sentence for _, sentence in faults)
    if not own and look.drawing.figures:
        return Comparison(Kind.DOUBT, f"{tr(_UNKNOWN_FORM)} {told}")
    return Comparison(Kind.PROPERTY, told)


def _alike(
    ns: tuple[int, ...], part: str, answers: Sequence[Returned], replies: Sequence[Returned]
) -> bool:
    wrong, right = Look(ns, answers[0]), Look(ns, replies[0])
    if right.doubt:
        return False
    slugs = {slug for slug, _ in wrong.faults(part)}
    return bool(slugs) and slugs <= {slug for slug, _ in right.faults(part)}
