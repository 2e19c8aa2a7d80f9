"""Timing experiments as students write them, right and wrong, as data: what each would return.

An `Experiment` is gone through here on paper, by the same scripts as a student's in a worker.
Those in `RIGHT` have to earn every point; `MISTAKES` lose their share and are named; `NEAR_MISSES`
lose it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Case, Foreign, Mistake, Plain, Returned, Variant, Worked

from .explaining import RIGHT as WORK
from .scripts import Trial
from .tables import METHODS

__all__ = ["MISTAKES", "NEAR_MISSES", "RIGHT", "Experiment"]

Vector = npt.NDArray[np.float64]
Reduce = Callable[[Vector], float]
Table = dict[str, list[float]]


def _std(times: Vector) -> float:
    return float(np.std(times))


def _mean(times: Vector) -> float:
    return float(np.mean(times))


@dataclass(frozen=True)
class Experiment:
    """How an experiment goes about it; the defaults are right.

    Attributes:
        work: the kinds of work in each of the three times.
        waits: for which of these the result is waited for.
        mean: of the times of all runs.
        deviation: likewise; None leaves these columns out.
        runs: how many runs are made for how many that were asked for.
        depth: hidden layers of the network for an entry of `ns`.
        width: of these layers.
        warm: how often everything is called before the clock is looked at.
        form: of the result, from its columns.
    """

    work: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: WORK)
    waits: tuple[str, ...] = METHODS
    mean: Reduce = _mean
    deviation: Reduce | None = _std
    runs: Callable[[int], int] = lambda asked: asked
    depth: Callable[[int], int] = lambda n: n
    width: int = 2
    warm: int = 1
    form: Callable[[Table], Plain] = lambda table: {n: tuple(c) for n, c in table.items()}

    def returned(self, trial: Trial) -> Returned:
        """What it would return in a trial."""
        done: dict[tuple[str, int], int] = {}
        elapsed = 0.0
        columns: Table = {"n": [float(n) for n in trial.ns]}
        for n in trial.ns:
            size = self._parameters(n)

            def seconds(work: Sequence[str], size: int = size) -> float:
                total = 0.0
                for kind in work:
                    turn = done.get((kind, size), 0)
                    done[kind, size] = turn + 1
                    total += float(trial.rate(kind)[turn % len(trial.cycles[kind])]) * size
                return total

            for _ in range(self.warm):
                elapsed += seconds(("hessian", "product", "hvp"))
            times: dict[str, list[float]] = {method: [] for method in METHODS}
            for _ in range(self.runs(trial.runs)):
                for method in METHODS:
                    took = seconds(self.work[method])
                    elapsed += took
                    late = trial.in_background and method not in self.waits
                    times[method].append(0.0 if late else took)
            for method in METHODS:
                each = np.asarray(times[method])
                columns.setdefault(f"{method}_mean", []).append(self.mean(each))
                if self.deviation is not None:
                    columns.setdefault(f"{method}_std", []).append(self.deviation(each))
        worked = tuple(Worked(kind, size, times) for (kind, size), times in done.items())
        table = self.form(columns)
        return Returned(Foreign("dict", ""), 0.0, plain=table, worked=worked, readings=1,
                        elapsed=elapsed)  # fmt: skip

    def _parameters(self, n: int) -> int:
        """Of the network: a row and a column of each matrix, and the last layer's."""
        depth, width = self.depth(n), self.width
        return 2 * width + (depth - 1) * width**2 + width if depth else 2


def _variant(experiment: Experiment) -> Variant:
    def variant(case: Case) -> Sequence[Returned]:
        trials: Sequence[Trial] = case.data["trials"]
        return [experiment.returned(trial) for trial in trials]

    return variant


# --------------------------------------------------------------------------- right ones


def _records(table: Table) -> Plain:
    return tuple(dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True))


def _rows(table: Table) -> Plain:
    return tuple(tuple(row) for row in zip(*table.values(), strict=True))


def _nested(table: Table) -> Plain:
    return {
        method: {"mean": tuple(table[f"{method}_mean"]), "std": tuple(table[f"{method}_std"])}
        for method in METHODS
    }


def _means_and_deviations(table: Table) -> Plain:
    return tuple(tuple(tuple(table[f"{m}_{s}"]) for m in METHODS) for s in ("mean", "std"))


def _milliseconds_told(table: Table) -> Plain:
    return {
        name if name == "n" else f"{name}_ms": tuple(v if name == "n" else 1e3 * v for v in column)
        for name, column in table.items()
    }


def _sample_std(times: Vector) -> float:
    return float(np.std(times, ddof=1))


RIGHT: Mapping[str, Variant] = {
    name: _variant(experiment)
    for name, experiment in {
        "columns": Experiment(),
        "sample deviation": Experiment(deviation=_sample_std),
        "records": Experiment(form=_records),
        "rows in the statement's order": Experiment(form=_rows),
        "by method": Experiment(form=_nested),
        "means and deviations": Experiment(form=_means_and_deviations),
        "milliseconds by name": Experiment(form=_milliseconds_told),
        "without warming up": Experiment(warm=0),
        "rounded": Experiment(
            mean=lambda t: round(_mean(t), 4), deviation=lambda t: round(_std(t), 4)
        ),
    }.items()
}  # fmt: skip


# --------------------------------------------------------------------------- wrong ones


def _swapped(table: Table) -> Plain:
    names = {"naive_mean": "hvp_mean", "naive_std": "hvp_std",
             "hvp_mean": "naive_mean", "hvp_std": "naive_std"}  # fmt: skip
    return {name: tuple(table[names.get(name, name)]) for name in table}


def _changed(times: float) -> Reduce:
    return lambda each: times * _mean(each)


def _made_up(case: Case) -> Sequence[Returned]:
    """A table that was typed in."""
    trials: Sequence[Trial] = case.data["trials"]
    made: dict[str, Any] = {"n": trials[0].ns}
    for place, method in enumerate(METHODS, 1):
        made[f"{method}_mean"] = tuple(0.01 * n * place for n in trials[0].ns)
        made[f"{method}_std"] = tuple(0.001 * n for n in trials[0].ns)
    return [Returned(Foreign("dict", ""), 0.0, plain=made, elapsed=1.0) for _ in trials]


_WAIT = "JAX goes on computing after it has returned: what has to happen before the clock stops?"
_ROWS = "Compare the sizes of the layers that you pass to MLP with those of the statement."

MISTAKES = (
    Mistake(
        "made-up",
        "The times were not measured.",
        "Every number in the table has to come from a clock that was looked at before and after "
        "the work.",
        _made_up,
    ),
    Mistake(
        "ns-ignored",
        "All rows are about the same network.",
        "Which of your lines uses the entry of `ns` that it is the turn of?",
        _variant(Experiment(depth=lambda n: 3)),
    ),
    Mistake(
        "layers-off-by-one",
        "The networks have one hidden layer more or less than asked.",
        _ROWS,
        _variant(Experiment(depth=lambda n: n + 1)),
    ),
    Mistake(
        "layers-off-by-one",
        "The networks have one hidden layer more or less than asked.",
        _ROWS,
        _variant(Experiment(depth=lambda n: n - 1)),
    ),
    Mistake(
        "other-networks",
        "The networks are not those that are asked for.",
        _ROWS,
        _variant(Experiment(width=3)),
    ),
    Mistake(
        "hessian-left-out",
        "The total leaves out the time of the Hessian.",
        "When do you compute the Hessian whose product you time: before or after the clock starts?",
        _variant(Experiment(work={**WORK, "full": ("product",)})),
    ),
    Mistake(
        "product-left-out",
        "The total leaves out the time of the product.",
        "The first time is that of two steps: look at what lies between the clock's start and end.",
        _variant(Experiment(work={**WORK, "full": ("hessian",)})),
    ),
    Mistake(
        "hessian-in-naive",
        "The time of the product alone includes that of the Hessian.",
        "The second time is for a Hessian that is already there when the clock starts.",
        _variant(Experiment(work={**WORK, "naive": ("hessian", "product")})),
    ),
    Mistake(
        "methods-swapped",
        "Two of the three times stand in each other's place.",
        "Follow each list of times to the column in which it ends.",
        _variant(Experiment(form=_swapped)),
    ),
    *(
        Mistake("not-waited", "Results are not waited for.", _WAIT, _variant(Experiment(waits=w)))
        for w in ((), ("full",), ("full", "naive"), ("full", "hvp"), ("naive", "hvp"))
    ),
    Mistake(
        "num-runs-ignored",
        "The number of runs does not depend on `num_runs`.",
        "Look for a number in the range of your loop that should be an argument.",
        _variant(Experiment(runs=lambda asked: 10)),
    ),
    Mistake(
        "sum-for-mean",
        "The sum over the runs stands where their mean should.",
        "What do you divide by?",
        _variant(Experiment(mean=lambda t: float(np.sum(t)))),
    ),
    Mistake(
        "divided-twice",
        "The mean is divided by the number of runs once more.",
        "A mean has been divided already.",
        _variant(Experiment(mean=lambda t: _mean(t) / len(t))),
    ),
    Mistake(
        "wrong-unit",
        "The times are in another unit than seconds.",
        "The columns are in seconds; a figure may well show milliseconds, if its label says so.",
        _variant(Experiment(mean=_changed(1e3), deviation=lambda t: 1e3 * _std(t))),
    ),
    Mistake(
        "wrong-unit",
        "The times are in another unit than seconds.",
        "The columns are in seconds; a figure may well show milliseconds, if its label says so.",
        _variant(Experiment(mean=_changed(1e6), deviation=lambda t: 1e6 * _std(t))),
    ),
    Mistake(
        "variance-for-deviation",
        "The variance stands where the standard deviation should.",
        "In which unit is your deviation: seconds, or seconds squared?",
        _variant(Experiment(deviation=lambda t: float(np.var(t)))),
    ),
    Mistake(
        "standard-error",
        "The deviation is divided by the square root of the number of runs.",
        "That is how much the mean varies; the statement asks how much a run does.",
        _variant(Experiment(deviation=lambda t: _std(t) / float(np.sqrt(len(t))))),
    ),
    Mistake(
        "one-run",
        "The deviation is zero, as if there had been a single run.",
        "How many numbers are in the list whose deviation you take? Is it emptied in between?",
        _variant(Experiment(deviation=lambda t: 0.0)),
    ),
    Mistake(
        "one-run",
        "The deviation is zero, as if there had been a single run.",
        "How many numbers are in the list whose deviation you take? Is it emptied in between?",
        _variant(Experiment(mean=lambda t: float(t[-1]), deviation=lambda t: 0.0)),
    ),
    Mistake(
        "no-deviation",
        "There are no standard deviations.",
        "One of the times of a single run is not enough to say how much they differ.",
        _variant(Experiment(deviation=None)),
    ),
)


NEAR_MISSES: Mapping[str, Variant] = {
    name: _variant(experiment)
    for name, experiment in {
        "the median": Experiment(mean=lambda t: float(np.median(t))),
        "the last run": Experiment(mean=lambda t: float(t[-1])),
        "the fastest run": Experiment(mean=lambda t: float(np.min(t))),
        "without the last run": Experiment(mean=lambda t: _mean(t[:-1])),
        "the range for the deviation": Experiment(deviation=lambda t: float(np.ptp(t))),
        "mean absolute deviation": Experiment(
            deviation=lambda t: float(np.mean(np.abs(t - np.mean(t))))
        ),
    }.items()
}
