"""Judging what right and wrong programs would return, on one item's cases of one seed.

No submission and no worker takes part: the answers are computed from the assignment's own
formulations and known mistakes, and go through the same draws, judges, diagnosis and points as the
results of a student's function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.compare import measuring
from adcheck.errors import AdcheckError, AssignmentError
from adcheck.model import (
    Answer,
    Array,
    Case,
    Comparison,
    Context,
    Item,
    ItemValidation,
    Kind,
    Mistake,
    Outcome,
    Returned,
    Signature,
    Tally,
    Task,
    Value,
    Variant,
)
from adcheck.running import MORE_FAILURES
from adcheck.verdict import item_result

__all__ = ["LEAST_MARGIN", "WORST_RIGHT", "tallied"]

WORST_RIGHT = 0.1
"""Largest error that a right formulation may have, in tolerances."""

LEAST_MARGIN = 100.0
"""Least error of a known mistake in double precision, in tolerances, on its best case."""


def tallied(item: Item, task: Task, seed: int) -> ItemValidation:
    """Judges whatever a task lists, with every signature.

    Args:
        item: the row of the rubric.
        task: says what is right and what is wrong.
        seed: of the run.

    Returns:
        A tally for each time that something was judged, several of one name among them.

    Raises:
        AssignmentError: something in the task raises.
    """
    runs = [_Run(item, task, seed, signature) for signature in task.signatures]
    with np.errstate(all="ignore"), measuring():  # wrong answers may well diverge
        return ItemValidation(
            item,
            tuple(tally for run in runs for tally in run.right()),
            tuple(tally for run in runs for tally in run.mistakes()),
            tuple(tally for run in runs for tally in run.near_misses()),
        )


class _Run:
    """One item's cases of one seed and signature, and what answers to them earn."""

    def __init__(self, item: Item, task: Task, seed: int, signature: Signature) -> None:
        self._item, self._seed = item, seed
        context = Context(item, seed, signature.parameters, signature.literals)
        with _told(f"{item.id}: its cases of seed {seed} cannot be drawn"):
            self._cases = tuple(task.cases(context))
        known = [replace(m, variant=self._asked(_known(m), m.variant)) for m in task.mistakes]
        self._task = replace(task, mistakes=tuple(known))

    def right(self) -> Iterator[Tally]:
        """Of each formulation."""
        for name, variant in self._task.right.items():
            what = f"the right answer '{name}'"
            outcomes = self._outcomes(what, self._asked(what, variant))
            error = _largest_error(outcomes)
            if error is None:
                yield Tally(name)
                continue
            passed, _ = self._earned(what, outcomes)
            off = {"lost": not passed, "margin": error > WORST_RIGHT}
            yield Tally(name, runs=1, passed=int(passed), first=self._first(off), margin=error)

    def mistakes(self) -> Iterator[Tally]:
        """Of each known mistake."""
        variants = Counter(mistake.slug for mistake in self._task.mistakes)
        for mistake in self._task.mistakes:
            tally = self._wrong(_known(mistake), mistake.slug, mistake.variant, mistake)
            yield replace(tally, variants=variants[mistake.slug])

    def near_misses(self) -> Iterator[Tally]:
        """Of each near miss."""
        for name, variant in self._task.near_misses.items():
            what = f"the near miss '{name}'"
            yield self._wrong(what, name, self._asked(what, variant), None)

    def _wrong(self, what: str, name: str, variant: Variant, mistake: Mistake | None) -> Tally:
        outcomes = self._outcomes(what, variant)
        error = _largest_error(outcomes)
        if error is None:
            return Tally(name)
        passed, told = self._earned(what, outcomes)
        same = (mistake.slug, *mistake.equivalents) if mistake is not None else ()
        others = {told: 1} if told is not None and told not in same else {}
        off = {
            "passed": passed,
            "margin": mistake is not None and error < LEAST_MARGIN,
            "unnamed": mistake is not None and not passed and told is None,
            **{f"named {other}": True for other in others},
        }
        return Tally(
            name,
            runs=1,
            passed=int(passed),
            named=int(told in same),
            others=others,
            first=self._first(off),
            margin=error,
            single=self._single(what, variant) if mistake is not None else np.inf,
        )

    def _single(self, what: str, variant: Variant) -> float:
        """The error of a wrong answer that is rounded, in tolerances of single precision."""
        rounded = self._outcomes(what, lambda case: [_rounded(a) for a in variant(case)])
        error = _largest_error(rounded)
        return np.inf if error is None else error

    def _first(self, off: Mapping[str, bool]) -> Mapping[str, int]:
        return {kind: self._seed for kind, is_off in off.items() if is_off}

    def _earned(self, what: str, outcomes: Sequence[Outcome]) -> tuple[bool, str | None]:
        """Whether outcomes earn every point, and the slug of the mistake that is named."""
        looked_at = list(self._looked_at(outcomes))
        with _told(f"{self._item.id}: {what} cannot be graded with seed {self._seed}"):
            result = item_result(self._item, "", self._task, looked_at, None, 0.0)
        return result.points > self._item.points - 1e-9, result.mistake

    def _looked_at(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Those of cases that a run gets to: no more than a verdict and a diagnosis need."""
        requires = {part.id: part.requires for part in self._item.parts}
        failed: Counter[str] = Counter()
        for outcome in outcomes:
            part = outcome.case.part
            if failed[requires.get(part, "")] or failed[part] > MORE_FAILURES:
                continue
            failed[part] += not outcome.ok
            yield outcome

    def _outcomes(self, what: str, variant: Variant) -> list[Outcome]:
        """What the cases say of a way of answering, each of them."""
        outcomes = []
        for case in self._cases:
            answers = variant(case)
            with _told(self._place(what, case, "be judged")):
                outcomes.append(_outcome(case, answers))
        return outcomes

    def _asked(self, what: str, variant: Variant) -> Variant:
        """A variant that is asked once for each case, and whose failures name it.

        A known mistake is asked to be judged itself, and again to explain all others.
        """
        known: dict[int, Sequence[Answer | Returned | None]] = {}

        def asked(case: Case) -> Sequence[Answer | Returned | None]:
            if id(case) not in known:
                with _told(self._place(what, case, "be computed")):
                    known[id(case)] = _well_formed(case, variant(case))
            return known[id(case)]

        return asked

    def _place(self, what: str, case: Case, verb: str) -> str:
        return f"{self._item.id}: {what} cannot {verb} in case {case.index} of seed {self._seed}"


def _known(mistake: Mistake) -> str:
    return f"the known mistake '{mistake.slug}'"


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Whatever a teacher's code raises is one sentence."""
    try:
        yield
    except AdcheckError:
        raise
    except Exception as error:
        lines = str(error).strip().splitlines()
        text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
        raise AssignmentError(f"{place}: {text}") from error


def _well_formed(
    case: Case, answers: Sequence[Answer | Returned | None]
) -> Sequence[Answer | Returned | None]:
    """What a variant gives, after a look at its form: a wrong one would be taken for right."""
    enough = len(answers) >= len(case.calls) if case.more else len(answers) == len(case.calls)
    if len(answers) and not enough:
        raise ValueError(f"it gives {len(answers)} answers to {len(case.calls)} calls")
    for answer in answers:
        if isinstance(answer, Returned):
            continue
        for array in answer if isinstance(answer, tuple) else (answer,):
            if array is not None and not hasattr(array, "shape"):
                raise TypeError(f"it gives a {type(array).__name__} where an array is needed")
    return answers


def _outcome(case: Case, answers: Sequence[Answer | Returned | None]) -> Outcome:
    """The verdict on a case whose calls return these answers; the right one for those unsaid.

    Without replies where nothing is said of the case.
    """
    replies = _replies(case, answers)
    made = replies[: len(case.calls)]
    if not made:
        return Outcome(case, (), Comparison(Kind.EQUAL))
    if case.more is not None:
        made += replies[len(made) : len(made) + len(case.more(made))]
    return Outcome(case, tuple(made), case.judge(made))


def _replies(case: Case, answers: Sequence[Answer | Returned | None]) -> list[Returned]:
    if all(answer is None for answer in answers):
        return []
    if any(answer is None for answer in answers):
        if case.expected is None:
            return []
        pairs = zip(answers, case.expected(), strict=True)
        answers = [wanted if answer is None else answer for answer, wanted in pairs]
    return [_returned(answer) for answer in answers if answer is not None]


def _returned(answer: Answer | Returned) -> Returned:
    return answer if isinstance(answer, Returned) else Returned(_value(answer), 0.0)


def _value(answer: Answer) -> Value:
    if isinstance(answer, tuple):
        return tuple(map(_value, answer))
    data = np.asarray(answer)
    return Array(data, data.dtype.name)


def _rounded(answer: Answer | Returned | None) -> Answer | Returned | None:
    if isinstance(answer, Returned):
        return answer
    if isinstance(answer, tuple):
        return tuple(map(_single, answer))
    return None if answer is None else _single(answer)


def _single(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(array).astype(np.float32)


def _largest_error(outcomes: Iterable[Outcome]) -> float | None:
    """In tolerances; None where nothing is said of any case."""
    said = [outcome.comparison for outcome in outcomes if outcome.replies]
    return max((_error(comparison) for comparison in said if comparison is not None), default=None)


def _error(comparison: Comparison) -> float:
    """In tolerances; what fails by its shape or a property is as wrong as can be."""
    return comparison.error if comparison.ok or comparison.error > 0 else np.inf
