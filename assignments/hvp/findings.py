"""What is wrong with a timing experiment: from the replies of all trials to sentences, by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.authoring import mark
from adcheck.model import Foreign, Returned

from .explaining import RIGHT, Told, column, listed, near, told, tr, trn
from .scripts import KINDS, Trial
from .tables import METHODS, Timings, numbers_in, readings

__all__ = ["PARTS", "Fault", "Findings"]

Vector = npt.NDArray[np.float64]

PARTS = ("networks", "times", "waited", "statistics")

Fault = tuple[str, str]
"""The slug of what is wrong, and a sentence."""


@dataclass(frozen=True)
class Findings:
    """What the replies of all trials say together.

    Attributes:
        trials: what was called.
        replies: to these.
    """

    trials: Sequence[Trial]
    replies: Sequence[Returned]

    @cached_property
    def tables(self) -> list[list[Timings]]:
        """The readings of each trial's table."""
        return [readings(r.plain, t.ns) for t, r in zip(self.trials, self.replies, strict=False)]

    @cached_property
    def doubt(self) -> str:
        """Why a machine cannot tell; empty if it can."""
        if all(found and found[0].whole for found in self.tables):
            if not self._worked and any(reply.readings for reply in self.replies[:4]):
                return tr(
                    "It looks at a clock, but none of the functions that it times could be "
                    "recognised, so a person marks it."
                )
            if self._worked and not self._follows and not any(r.readings for r in self.replies[:4]):
                return tr(
                    "It does the work, but looks at none of Python's clocks meanwhile, so a person "
                    "marks it."
                )
            if self._worked and not self._follows and self._real_times_fit:
                return tr(
                    "Its times are real ones, but by a clock that could not be followed, so a "
                    "person marks it."
                )
            if self._by_numpy:
                return tr(
                    "It hands its matrix to NumPy, whose products the scripted clock does not see, "
                    "so a person marks it."
                )
            if self._is_mixed:
                return tr(
                    "Its runs seem to take turns, so that it cannot be told which product belongs "
                    "to which mean, and a person marks it."
                )
            return tr(_UNREAD) if self._worked and self._is_misread else ""
        least = 6 * len(self.trials[0].ns)
        if self._worked and all(len(numbers_in(r.plain)) >= least for r in self.replies):
            return tr(_UNREAD)
        return ""

    @property
    def _is_mixed(self) -> bool:
        """Whether all is right but for the product's runs, which two methods share."""
        if any(map(self.faults, PARTS[:3])) or self._runs_ignored:
            return False
        wrong = {method: self._wrong_statistic(method) for method in METHODS}
        return wrong == {"full": "not-a-mean", "naive": "not-a-mean", "hvp": ""}

    @property
    def _by_numpy(self) -> bool:
        """Whether the product alone took no time, and may have been NumPy's."""
        naive = self.explained(0).get("naive")
        taken = any(w.kind == "taken" for w in self.replies[0].worked)
        return taken and naive is not None and naive.work == ()

    @property
    def _is_constant(self) -> bool:
        """Whether derivatives were asked for of a function that ignores its parameters."""
        return any(w.kind == "constant" for w in self.replies[0].worked)

    @cached_property
    def _is_misread(self) -> bool:
        """Whether there are times in the table, but where they were not looked for."""
        if not self._follows:
            return numbers_in(self.replies[0].plain) != numbers_in(self.replies[1].plain)
        return any(t.work is None for t in self.explained(0).values())

    @cached_property
    def nothing(self) -> str:
        """Why there is no table at all; empty if there is one."""
        value = self.replies[0].value
        kind = value.type if isinstance(value, Foreign) else "array"
        if self.replies[0].plain is None:
            return tr("It returned None, where a table was expected: is a return missing?")
        if not any(found and found[0].means for found in self.tables):
            return tr(
                "It returned a value of type {type}, in which the means and deviations of the "
                "three times were not found: the statement lists the columns.",
                type=kind,
            )
        missing = [m for m in METHODS if m not in self.tables[0][0].means]
        if missing:
            return tr(
                "Its table has no means for {names}: the statement lists the columns.",
                names=listed([column(m) for m in missing]),
            )
        return ""

    @property
    def _worked(self) -> bool:
        return any(w.kind in KINDS for reply in self.replies for w in reply.worked)

    def sizes(self, place: int) -> list[int]:
        """Sizes of the vectors that were worked with, in the order in which they came first."""
        worked = self.replies[place].worked
        return list(dict.fromkeys(w.size for w in worked if w.kind in KINDS))

    def _row_sizes(self, place: int) -> Vector:
        """The size that belongs to each row, as far as it can be told."""
        sizes, ns = self.sizes(place), self.trials[place].ns
        asked = [4 * n + 2 for n in ns]
        if set(asked) <= set(sizes):
            return np.asarray(asked, np.float64)
        if len(sizes) == len(ns):
            return np.asarray(sizes, np.float64)
        return np.asarray(sizes[:1] * len(ns) if len(sizes) == 1 else asked, np.float64)

    def explained(self, place: int) -> Mapping[str, Told]:
        """What each method's numbers are in one trial, in the reading that explains most."""
        return self._explained[place]

    @cached_property
    def _explained(self) -> list[Mapping[str, Told]]:
        return [self._explain(place) for place in range(len(self.replies))]

    def _explain(self, place: int) -> Mapping[str, Told]:
        trial, best = self.trials[place], None
        for timings in self.tables[place]:
            found = {
                m: told(
                    trial,
                    self._row_sizes(place),
                    mean,
                    timings.deviations.get(m),
                    self.calls(place, RIGHT[m][0]),
                )
                for m, mean in timings.means.items()
            }
            known = [t for m, t in found.items() if t.work == RIGHT[m]]
            score = (len(known), sum(t.deviation is not None for t in known))
            if best is None or score > best[0]:
                best = score, found
        return best[1] if best is not None else {}

    def calls(self, place: int, kind: str) -> int:
        """How often some work was done for each size, at least."""
        times = [w.times for w in self.replies[place].worked if w.kind == kind]
        return min(times, default=0)

    def _means(self, place: int) -> Mapping[str, Vector]:
        return self.tables[place][0].means if self.tables[place] else {}

    @cached_property
    def _follows(self) -> bool:
        """Whether any time grows with the clock: in the second trial all takes twice as long."""
        first, second = self._means(0), self._means(1)
        return any(
            m in second and first[m].shape == second[m].shape and not near(second[m], first[m])
            for m in first
        )

    @cached_property
    def _real_times_fit(self) -> bool:
        """Whether the times of the trial with real clocks are such as it must have taken."""
        trial, means = self.trials[4], self._means(4)
        sizes = self._row_sizes(4)
        if set(means) != set(METHODS) or any(m.shape != sizes.shape for m in means.values()):
            return False
        least = {m: sum(trial.cycles[k][0] for k in RIGHT[m]) * sizes for m in METHODS}
        enough = all(np.all(means[m] >= 0.9 * least[m]) for m in METHODS)
        return enough and not self._too_long

    @cached_property
    def _too_long(self) -> bool:
        """Whether the real times together are longer than the call was."""
        trial, reply = self.trials[4], self.replies[4]
        scales = {t.scale for t in self.explained(0).values() if t.work is not None}
        if scales - {"mean"}:
            return False  # told already
        total = sum(float(np.sum(mean)) for mean in self._means(4).values()) * trial.runs
        # what is timed in one piece may be counted twice: the product within the full time
        return bool(total > 2 * reply.elapsed)

    # ------------------------------------------------------------------- what is wrong

    def faults(self, part: str) -> list[Fault]:
        """What costs a part's points."""
        return self._faults[part]

    @cached_property
    def _faults(self) -> dict[str, list[Fault]]:
        return {part: self._of(part) for part in PARTS}

    def _of(self, part: str) -> list[Fault]:
        if not self._follows:
            return [_made_up()]
        return {
            "networks": self._of_networks,
            "times": self._of_times,
            "waited": self._of_waiting,
            "statistics": self._of_statistics,
        }[part]()

    def _of_networks(self) -> list[Fault]:
        trial, timings, sizes = self.trials[0], self.tables[0][0], self.sizes(0)
        ns, asked = list(trial.ns), [4 * n + 2 for n in trial.ns]
        rows = len(next(iter(timings.means.values())))
        if rows != len(ns):
            told = trn(
                "For {asked} numbers of layers, its table has {count} row.",
                "For {asked} numbers of layers, its table has {count} rows.",
                rows,
                asked=len(ns),
                count=rows,
            )
            return [("rows", told)]
        if set(asked) <= set(sizes):
            if timings.ns is not None and not np.array_equal(timings.ns, np.asarray(ns, float)):
                told = tr(
                    "For ns = {ns}, its column of layers has {numbers}.",
                    ns=ns,
                    numbers=", ".join(f"{n:g}" for n in timings.ns),
                )
                return [("wrong-ns", told)]
            return []
        shown = ", ".join(map(str, sizes))
        if len(sizes) == 1:
            told = trn(
                "Every network has {count} parameter, for ns = {ns}.",
                "Every network has {count} parameters, for ns = {ns}.",
                sizes[0],
                count=sizes[0],
                ns=ns,
            )
            return [("ns-ignored", told)]
        if [4 * (n + 1) + 2 for n in ns] == sizes:
            told = tr(
                "For ns = {ns}, its networks have {sizes} parameters; each has one hidden layer "
                "more than asked."
            )
            return [("layers-off-by-one", told.format(ns=ns, sizes=shown))]
        if [4 * (n - 1) + 2 for n in ns] == sizes:
            told = tr(
                "For ns = {ns}, its networks have {sizes} parameters; each has one hidden layer "
                "less than asked."
            )
            return [("layers-off-by-one", told.format(ns=ns, sizes=shown))]
        told = tr(
            "For ns = {ns}, its networks have {sizes} parameters; hidden layers of width 2 are "
            "asked for."
        )
        return [("other-networks", told.format(ns=ns, sizes=shown))]

    def _of_times(self) -> list[Fault]:
        explained = self.explained(0)
        works = {m: explained[m].work for m in METHODS if m in explained}
        if all(works.get(m) == RIGHT[m] for m in METHODS):
            if self._too_long:
                return [_made_up()]
            return []
        swapped = [m for m in METHODS if works.get(m) != RIGHT[m]]
        others = sorted(str(works.get(m)) for m in swapped)
        if others == sorted(str(RIGHT[m]) for m in swapped):
            told = tr(
                "The times of {names} stand in each other's place.",
                names=listed([column(m) for m in swapped]),
            )
            return [("methods-swapped", told)]
        return [self._wrong_time(method, works.get(method)) for method in swapped]

    def _wrong_time(self, method: str, work: tuple[str, ...] | None) -> Fault:
        name = column(method)
        if work is None:
            told = tr("The time of {name} is not that of the work asked for.", name=name)
            return ("unexplained", told)
        if not work and self._is_constant:
            told = tr(
                "The function whose product is timed does not depend on the parameters that it is "
                "given: it computes with other weights, so that there is nothing to differentiate."
            )
            return ("constant-function", told)
        if not work:
            told = tr(
                "The time of {name} is zero: neither a Hessian nor a product is computed while the "
                "clock runs.",
                name=name,
            )
            return ("nothing-timed", told)
        has = listed([tr(_NAMES[kind]) for kind in work])
        sentence = tr("The time of {name} is that of {work}.", name=name, work=has)
        if method == "full" and work == ("product",):
            return ("hessian-left-out", sentence)
        if method == "full" and work == ("hessian",):
            return ("product-left-out", sentence)
        if method == "naive" and "hessian" in work:
            return ("hessian-in-naive", sentence)
        return (f"{method}-measures-other-work", sentence)

    def _of_waiting(self) -> list[Fault]:
        first, second = self._means(0), self._means(1)
        late = [
            m for m in METHODS
            if m in first and not (m in second and near(second[m], 2 * first[m]))
        ]  # fmt: skip
        if not late:
            return []
        told = tr(
            "The clock is stopped before the result is there: {names}.",
            names=", ".join(map(column, late)),
        )
        return [("not-waited", told)]

    def _of_statistics(self) -> list[Fault]:
        if self._runs_ignored:
            told = tr(
                "It makes as many runs for num_runs = {numbers}.",
                numbers=listed([str(trial.runs) for trial in self.trials[2:4]]),
            )
            return [("num-runs-ignored", told)]
        faults: dict[str, list[str]] = {}
        for method in METHODS:
            slug = self._wrong_statistic(method)
            if slug:
                faults.setdefault(slug, []).append(column(method))
        return [
            (slug, tr(_STATISTICS[slug]).format(names=", ".join(names)))
            for slug, names in faults.items()
        ]

    def _wrong_statistic(self, method: str) -> str:
        """The slug of what is wrong with one method's means and deviations; empty if nothing is."""
        each = [self.explained(place).get(method, Told(None)) for place in (2, 3)]
        for one in each:
            if one.work == () and self._is_constant:
                continue  # told of the times
            if one.deviation in ("zero", "missing"):
                return _DEVIATIONS[one.deviation]
            if one.work is None:
                # not what was asked for, but always the same work: then the runs are to blame
                even = self.explained(0).get(method, Told(None)).work
                return "not-a-mean" if even is not None else "unknown-work"
            if one.scale != "mean":
                return _SCALES[one.scale]
            if one.deviation == "batches" and one.scale == "mean":
                continue  # each run is a mean itself, over as many calls as let nothing vary
            if one.deviation != "std":
                return _DEVIATIONS.get(one.deviation or "", "not-a-deviation")
        return ""

    @property
    def _runs_ignored(self) -> bool:
        """Whether the number of calls does not depend on the number of runs."""
        counts = [
            sum(w.times for w in self.replies[place].worked if w.kind in KINDS) for place in (2, 3)
        ]
        return counts[0] == counts[1] > 0


_UNREAD: Final = mark(
    "Its result has numbers enough in it, but not in a form in which it could be told which time "
    "is which, so a person marks it."
)


def _made_up() -> Fault:
    return "made-up", tr("They stay the same however long the work takes.")


_NAMES: Final = {"hessian": mark("the Hessian"), "product": mark("the product"), "hvp": "hvp"}
_SCALES: Final = {
    "sum": "sum-for-mean",
    "sum of milliseconds": "sum-for-mean",
    "divided twice": "divided-twice",
    **dict.fromkeys(("milliseconds", "microseconds", "nanoseconds", "minutes"), "wrong-unit"),
}
_DEVIATIONS: Final = {
    "variance": "variance-for-deviation",
    "standard error": "standard-error",
    "zero": "one-run",
    "missing": "no-deviation",
}
_STATISTICS: Final = {
    "sum-for-mean": mark("The mean is a sum over the runs: {names}."),
    "divided-twice": mark("The mean is divided by the number of runs twice: {names}."),
    "wrong-unit": mark("The times are not in seconds: {names}."),
    "variance-for-deviation": mark("The deviation is a variance: {names}."),
    "standard-error": mark("The deviation is that of the mean, and not of a single run: {names}."),
    "one-run": mark("The deviation is zero although the runs take different times: {names}."),
    "no-deviation": mark("There is no standard deviation: {names}."),
    "not-a-mean": mark("The mean is not that over all runs: {names}."),
    "not-a-deviation": mark("The deviation is not that over the runs: {names}."),
    "unknown-work": mark(
        "What was measured is not known, and so is whether this is its mean: {names}."
    ),
}
