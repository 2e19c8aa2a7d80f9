"""How the figure of the timings is judged: by its artists, against the table that it was given.

The table is what the student's own experiment returns by a script, so that it has the form that
their plotting function expects; where there is none, tables in the statement's forms are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.authoring import case_seed, generator, mark
from adcheck.figure import Drawing, Figure, drawing_of
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

from .bars import of_bars
from .captions import of_labels, of_legend
from .curves import UNITS, Shown, same, shown_in, times_drawn, units_named
from .explaining import column, tr
from .findings import Fault
from .scripts import Trial, trials
from .tables import METHODS, Timings, readings

__all__ = ["PARTS", "cases", "unfit"]

Vector = npt.NDArray[np.float64]

PARTS = ("curves", "bars", "labels", "legend")
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
    def _best(self) -> tuple[Figure, Timings, dict[str, Shown]]:
        """The figure that shows most, and the curve of each method."""
        looks = [
            (figure, table, shown_in(figure, table, self.ns))
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
        drawn = [c for c in figure.curves if any(same(c.y, wanted) for wanted in logarithms)]
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
            return of_labels(figure)
        if part == "legend":
            return of_legend(figure, shown)
        if not shown:
            return [("other-data", tr("None of its curves shows a mean of the table."))]
        return of_bars(figure, table, shown)

    def _of_curves(
        self, figure: Figure, table: Timings, shown: dict[str, Shown]
    ) -> Sequence[Fault]:
        missing = [m for m in METHODS if m not in shown]
        if not figure.curves and any(axes.rectangles for axes in figure.axes):
            return [("bar-chart", tr("It is a bar chart, where curves are asked for."))]
        if missing and len(self.drawing.figures) > 1:
            apart = [shown_in(f, table, self.ns) for f in self.drawing.figures]
            if set(METHODS) == {method for each in apart for method in each}:
                return [("several-figures", tr("Its curves are in several figures, not in one."))]
        if missing:
            names = ", ".join(map(column, missing))
            twice = [m for m, curve in shown.items() if times_drawn(figure, curve) > 1]
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
        units, named = {curve.unit for curve in shown.values()}, units_named(figure)
        if len(units) > 1:
            return [("unit-wrong", tr("Its curves are in different units."))]
        if units != {1.0} and not named:
            return [("unit-untold", tr("It shows other units than seconds, and no label says so."))]
        if len(named) == 1 and units != named:
            return [("unit-wrong", tr("A label names another unit than the one that is drawn."))]
        return []


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
