"""What numbers measured by a script turn out to be: of which work, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.authoring import mark, texts

from .scripts import Trial

__all__ = ["RIGHT", "Told", "column", "listed", "near", "told", "tr", "trn"]

Vector = npt.NDArray[np.float64]

CLOSE = 1e-3
"""Relative error up to which a number is what was foretold: tables are rounded, some by float32."""

_own = texts(__file__)
tr, trn = _own.tr, _own.trn

_COLUMNS: Final = {
    "full": mark("full Hessian and product"),
    "naive": mark("product alone"),
    "hvp": mark("your hvp"),
}


def column(method: str) -> str:
    """One of the three times as a person reads it."""
    return tr(_COLUMNS[method])


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them."""
    if len(names) < 2:
        return "".join(names)
    return tr("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


RIGHT: Final[Mapping[str, tuple[str, ...]]] = {
    "full": ("hessian", "product"),
    "naive": ("product",),
    "hvp": ("hvp",),
}
"""The work in each of the three times."""

_CONTENTS: Final[tuple[tuple[str, ...], ...]] = (
    ("hessian", "product"), ("product",), ("hvp",), ("hessian",), ("hessian", "hvp"),
    ("product", "hvp"), ("hessian", "product", "product"), ("hessian", "hessian", "product"),
    ("hessian", "product", "hvp"), ("hessian", "product", "product", "hvp"),
)  # fmt: skip
"""What may have been measured, what is asked for first."""


@dataclass(frozen=True)
class Told:
    """What one method's means and deviations turn out to be.

    Attributes:
        work: the kinds of work in it; None if nothing explains the means.
        scale: ``"mean"``, ``"sum"``, ``"milliseconds"``, …
        deviation: ``"std"``, ``"variance"``, ``"standard error"``, ``"zero"``, ``"missing"``; None
            if nothing explains it.
    """

    work: tuple[str, ...] | None
    scale: str = "mean"
    deviation: str | None = None


def _scales(runs: int) -> Mapping[str, float]:
    return {"mean": 1.0, "sum": float(runs), "milliseconds": 1e3, "microseconds": 1e6,
            "nanoseconds": 1e9, "sum of milliseconds": 1e3 * runs, "divided twice": 1.0 / runs,
            "minutes": 1 / 60}  # fmt: skip


_UNITS: Final = {"milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9, "minutes": 1 / 60,
                 "sum of milliseconds": 1e3}  # fmt: skip


def told(
    trial: Trial, sizes: Vector, mean: Vector, deviation: Vector | None, calls: int = 0
) -> Told:
    """Explains one method's numbers.

    Args:
        trial: what was called.
        sizes: of the vector in each row.
        mean: one for each row.
        deviation: likewise; None where there is none.
        calls: how often the work was done.
    """
    if mean.shape != sizes.shape or not np.all(np.isfinite(mean)):
        return Told(None)
    if np.all(np.abs(mean) <= 1e-6):
        return Told((), "mean", _deviation_told(np.zeros(1), 0.0, sizes, deviation, trial.runs))
    for scale, factor in _scales(trial.runs).items():
        for work in _CONTENTS:
            rate = sum(float(np.mean(trial.rate(kind))) for kind in work)
            if near(mean, factor * rate * sizes):
                unit = _UNITS.get(scale, 1.0)
                main = trial.rate(work[0]) * unit
                slack = sum(2 * float(np.std(trial.rate(kind))) for kind in work[1:]) * unit
                how = _deviation_told(main, slack, sizes, deviation, trial.runs)
                if how in ("zero", None) and calls >= 2 * trial.runs:
                    most = calls // trial.runs  # some work may be part of two of the times
                    for batch in sorted({most, *(b for b in _BATCHES if b <= most)}):
                        how = _of_batches(main, slack, sizes, deviation, batch) or how
                return Told(work, scale, how)
    return Told(None, deviation=_deviation_told(np.zeros(1), 0.0, sizes, deviation, trial.runs))


def near(numbers: Vector, wanted: Vector) -> bool:
    """Whether numbers are those foretold, but for how a table may be rounded."""
    return bool(np.all(np.abs(numbers - wanted) <= CLOSE * np.abs(wanted)))


def _deviation_told(
    rates: Vector, slack: float, sizes: Vector, deviation: Vector | None, runs: int
) -> str | None:
    """What a deviation is of rates that vary from run to run.

    Args:
        rates: of the work that varies most, per entry.
        slack: by how much the rest of the work may change the deviation, either way.
        sizes: of each row.
        deviation: what was told.
        runs: how many.
    """
    if deviation is None:
        return "missing"
    if deviation.shape != sizes.shape or not np.all(np.isfinite(deviation)):
        return None
    if np.all(np.abs(deviation) <= 1e-6 * sizes):
        return "zero"
    for ddof in (0, 1):
        if len(rates) <= ddof:
            continue
        std = float(np.std(rates, ddof=ddof))
        low, high = (std - slack) * sizes, (std + slack) * sizes
        for name, least, most in (
            ("std", low, high),
            ("variance", low**2, high**2),
            ("standard error", low / np.sqrt(runs), high / np.sqrt(runs)),
        ):
            if np.all((1 - CLOSE) * least <= deviation) and np.all(deviation <= (1 + CLOSE) * most):
                return name
    return None


_BATCHES: Final = (2, 3, 4, 5, 10, 20, 50, 100, 1000)
"""How many calls a run usually is the mean of, where it is one."""


def _of_batches(
    rates: Vector, slack: float, sizes: Vector, deviation: Vector | None, batch: int
) -> str | None:
    """What a deviation is where each run is the mean of a batch of calls, as `timeit` takes it."""
    turns = np.resize(rates, batch + len(rates))
    means = np.asarray([np.mean(turns[start : start + batch]) for start in range(len(rates))])
    how = _deviation_told(means, slack, sizes, deviation, len(rates))
    if how == "zero" and batch % len(rates) == 0:
        return "batches"
    return how if how == "std" else None
