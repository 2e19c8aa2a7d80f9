"""The scripts by which a timing experiment's clock goes: what is called, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Call, Numpy, Performance, Reading, Script

__all__ = ["KINDS", "NS", "Trial", "trials"]

Vector = npt.NDArray[np.float64]

KINDS = ("hessian", "product", "hvp")
"""The kinds of work that are measured."""

NS = (1, 2, 4, 5)
"""Numbers of hidden layers: four, which nobody takes for a number of methods or of columns; and
not in equal steps, so that counting the rows is not enough."""

RUNS = (5, 7)
"""Odd, and with no common factor with how often anything is called in one run."""

PERFORMANCES = {
    "hvp.get_params": Performance("", "weights"),
    "hvp.hessian": Performance("hessian", "matrix"),
    "hvp.naive_hvp": Performance("product", "vector"),
    "hvp.hvp": Performance("hvp", "vector"),
}
DERIVATIVES = {"matrix": "hessian", "product": "hvp", "multiplication": "product"}

REAL_CYCLES = {"hessian": (3e-4,), "product": (1e-4,), "hvp": (2e-4,)}
"""For each weight, by real clocks: a run takes a few milliseconds."""


@dataclass(frozen=True)
class Trial:
    """One call of an experiment.

    Attributes:
        ns: numbers of hidden layers.
        runs: of each measurement.
        cycles: seconds for each weight by kind of work, from one time to the next.
        in_background: whether results have to be waited for.
        really: whether clocks are real.
    """

    ns: tuple[int, ...]
    runs: int
    cycles: Mapping[str, tuple[float, ...]]
    in_background: bool = False
    really: bool = False

    def rate(self, kind: str) -> Vector:
        """Seconds for each weight in one run after the other."""
        return np.asarray(self.cycles[kind], np.float64)

    def call(self, item: str) -> Call:
        """What the worker is asked."""
        script = Script(
            self.cycles, PERFORMANCES, DERIVATIVES, self.in_background, really=self.really
        )
        args: tuple[Any, ...] = (Numpy(np.asarray(self.ns, np.int64)), self.runs)
        return Call(item, args, reading=Reading.TABLE, script=script)


def trials(rng: np.random.Generator) -> tuple[Trial, ...]:
    """The trials of a case: even times, twice these in the background, uneven ones, real ones."""
    base = {
        "hessian": rng.uniform(1.0, 1.4),
        "product": rng.uniform(0.05, 0.07),
        "hvp": rng.uniform(0.3, 0.4),
    }
    even: dict[str, tuple[float, ...]] = {kind: (seconds,) for kind, seconds in base.items()}
    doubled: dict[str, tuple[float, ...]] = {kind: (2 * seconds,) for kind, seconds in base.items()}
    uneven = [
        {kind: tuple(seconds * _factors(rng, runs)) for kind, seconds in base.items()}
        for runs in RUNS
    ]
    return (
        Trial(NS, RUNS[0], even),
        Trial(NS, RUNS[0], doubled, in_background=True),
        *(Trial(NS, runs, cycles) for runs, cycles in zip(RUNS, uneven, strict=True)),
        Trial(NS, 2, REAL_CYCLES, in_background=True, really=True),
    )


def _factors(rng: np.random.Generator, runs: int) -> Vector:
    """Factors of mean one that differ much: their deviation is a fifth to a third."""
    while True:
        factors = rng.uniform(0.5, 1.5, runs)
        factors += 1.0 - np.mean(factors)
        if 0.2 < np.std(factors) < 0.33 and np.min(factors) > 0.3:
            return np.asarray(factors, np.float64)
