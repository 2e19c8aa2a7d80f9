"""What a figure's labels and its legend say, in the course's languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from adcheck.figure import Figure

from .curves import Shown, units_named
from .explaining import column, tr, trn
from .findings import Fault
from .tables import METHODS

__all__ = ["of_labels", "of_legend"]

_TIME: Final = r"time|second|время|врем|секунд|час"
_LAYERS: Final = r"layer|depth|слой|слоёв|слоев|слои|глубин|шар|глибин"
"""Words of one axis' label, in the course's languages."""


def of_labels(figure: Figure) -> list[Fault]:
    """What is wrong with the labels of the axes."""
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
        layers_up = of_layers(up) and not of_time(up) and not units_named(figure)
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


def of_legend(figure: Figure, shown: Mapping[str, Shown]) -> list[Fault]:
    """What is wrong with the names that the curves are given."""
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


def _names(shown: Mapping[str, Shown]) -> dict[str, str]:
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
