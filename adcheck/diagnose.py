"""Naming what is wrong with a result, by comparing it with what known mistakes would give.

Pure. A mistake is named only if it explains every failing case to within the tolerance: a wrong
diagnosis is worse than none. Where no known mistake does, `resemblance` says what the result has
in common with the right answer: its entries in another order, a multiple of it, its transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.compare import FLOOR_FLOAT32, RELATIVE_FLOAT64, array_of, is_single
from adcheck.language import mark, tr
from adcheck.model import Answer, Kind, Mistake, Outcome, Returned, Value

__all__ = ["diagnose", "resemblance"]

Vector = npt.NDArray[Any]

SINGLE_PRECISION = 100 * FLOOR_FLOAT32
"""A float32 result is compared more loosely: here a near miss only costs a diagnosis."""

ROUNDED_ONCE = FLOOR_FLOAT32 / 4
"""Up to so far off, two mistakes explain a float32 result equally well."""

CLOSER = 10.0
"""A mistake explains a result only if it lies so many times closer to it than the right answer."""


def diagnose(
    failing: Sequence[Outcome], mistakes: Sequence[Mistake], passing: Sequence[Outcome] = ()
) -> Mistake | None:
    """The first mistake that gives exactly the failing results.

    Of results in single precision several mistakes may be near enough: then only those that are
    about as near as the nearest count.

    Args:
        failing: failing cases of one item, all of whose calls returned.
        mistakes: the item's catalogue, most specific first.
        passing: other cases, which who made the mistake would have passed, too.
    """
    if not failing:
        return None
    near: list[tuple[float, Mistake]] = []
    for mistake in mistakes:
        off = _explains(mistake, failing)
        if off is not None and not all(_agrees(mistake, outcome) for outcome in passing):
            continue
        if off is not None and off <= 1.0:
            near.append((off, mistake))
            break
        if off is not None:
            near.append((off, mistake))
    nearest = min((off for off, _ in near), default=0.0)
    return next((mistake for off, mistake in near if off <= max(1.0, CLOSER * nearest)), None)


def _explains(mistake: Mistake, failing: Sequence[Outcome]) -> float | None:
    """How far off the mistake is at most, in units of rounding; None if it is no explanation.

    It has to say something of every case, and all it says has to be what was returned. Results
    that are not finite fit many mistakes, and so does what lies within the mistake's own rounding
    of the right answer: they may agree, but are no evidence alone.
    """
    evidence, worst = False, 0.0
    for outcome in failing:
        closer = _closer(outcome)
        if outcome.case.alike is not None:
            if not _is_alike(mistake.variant(outcome.case), outcome):
                return None
            evidence = True
            continue
        pairs = _predicted(mistake, outcome)
        if not pairs:
            return None
        limit = max(closer, mistake.rounding)
        for wrong, value in pairs:
            off = _off(wrong, value, mistake.rounding, limit)
            if off is None:
                return None
            worst = max(worst, off)
        if mistake.rounding <= closer:
            evidence = evidence or any(_finite_anywhere(wrong) for wrong, _ in pairs)
    return worst if evidence else None


def _agrees(mistake: Mistake, passing: Outcome) -> bool:
    """Whether what a mistake would give on a case that passed is what was returned there."""
    if passing.case.alike is not None:
        return True  # its parts are judged one by one
    pairs = _predicted(mistake, passing)
    return all(_off(wrong, value, mistake.rounding, np.inf) is not None for wrong, value in pairs)


def _predicted(mistake: Mistake, outcome: Outcome) -> list[tuple[Answer, Value]]:
    """What a mistake would give on a case, where it says anything, beside what was returned."""
    return [
        (wrong, outcome.case.read(reply.value))
        for wrong, reply in zip(mistake.variant(outcome.case), outcome.replies, strict=False)
        if wrong is not None and isinstance(reply, Returned)
        if not isinstance(wrong, Returned)
    ]


def _is_alike(predicted: Sequence[Answer | Returned | None], outcome: Outcome) -> bool:
    """Whether plain data is wrong in the way in which a mistake's is."""
    wrong = [answer for answer in predicted if isinstance(answer, Returned)]
    replies = [reply for reply in outcome.replies if isinstance(reply, Returned)]
    alike = outcome.case.alike
    return alike is not None and bool(wrong) and alike(wrong, replies)


def _closer(outcome: Outcome) -> float:
    """How close to a result a mistake has to lie, relative to its largest entry, to be believed."""
    comparison = outcome.comparison
    if comparison is None or comparison.kind is not Kind.VALUE or comparison.relative == 0.0:
        return np.inf  # how far the right answer lies was not measured
    return comparison.relative / CLOSER


def _finite_anywhere(wrong: Answer) -> bool:
    return any(np.isfinite(w).any() for w in (wrong if isinstance(wrong, tuple) else (wrong,)))


def _off(wrong: Answer, value: Value, rounding: float, limit: float) -> float | None:
    """How far a result is off what a mistake gives, in units of rounding; None if too far."""
    if isinstance(wrong, tuple):
        if not isinstance(value, tuple) or len(value) != len(wrong):
            return None
        each = [_off(w, v, rounding, limit) for w, v in zip(wrong, value, strict=True)]
        known = [off for off in each if off is not None]
        return max(known) if len(known) == len(each) > 0 else None
    array = array_of(value)
    if array is None or array.data.shape != wrong.shape or array.data.dtype.kind not in "if":
        return None
    actual, single = array.data.astype(np.float64), is_single(array)
    with np.errstate(all="ignore"):
        finite = np.isfinite(wrong.astype(np.float32) if single else wrong)
        if not np.array_equal(np.isfinite(actual), finite):
            return None
        off = float(np.max(np.abs(actual[finite] - wrong[finite]), initial=0.0))
    scale = float(np.max(np.abs(wrong[finite]), initial=0.0))
    if scale == 0.0:
        return 0.0 if off == 0.0 else None
    unit, loose = RELATIVE_FLOAT64, RELATIVE_FLOAT64
    if single:
        unit, loose = ROUNDED_ONCE, SINGLE_PRECISION
    if not off <= min(max(loose, rounding), limit) * scale:
        return None
    return off / scale / max(unit, rounding)


# --------------------------------------------------------------------------- resemblance

ROUNDING = 1e3 * RELATIVE_FLOAT64
"""Of a double's result, beside what it resembles."""


def resemblance(failing: Sequence[Outcome]) -> str:
    """What wrong results have in common with the right ones, in a sentence; or nothing.

    Nothing is said unless it holds for every call of every failing case, and nothing of results
    that are almost right, or of which the judge itself told more than how far they are off.
    """
    pairs = _pairs(failing)
    if not pairs:
        return ""
    known = (sentence for holds, sentence in _RESEMBLANCES if holds(pairs))
    return tr(next(known, "")) or _multiple(pairs)


@dataclass(frozen=True)
class _Pair:
    """The right answer to a call, and what was returned instead, of the same shape.

    Attributes:
        wanted: the right answer.
        got: the result.
        rounding: of the result, relative to its largest entry.
        closer: how far it may be off what it resembles: less than it is off the right answer.
    """

    wanted: Vector
    got: Vector
    rounding: float
    closer: float = np.inf

    def is_near(self, other: Vector, got: Vector | None = None) -> bool:
        """Whether the result, or what was made of it, is another array but for rounding."""
        got = self.got if got is None else got
        if got.shape != other.shape:
            return False
        with np.errstate(all="ignore"):
            off = np.abs(got - other)
        scale = float(np.max(np.abs(other), initial=0.0))
        return bool(np.all(off <= min(self.rounding, self.closer) * scale))


def _pairs(failing: Sequence[Outcome]) -> list[_Pair]:
    """Of every call; none at all where one of the results is of another kind."""
    pairs = []
    for outcome in failing:
        case, comparison = outcome.case, outcome.comparison
        if comparison is None or comparison.kind is not Kind.VALUE or case.expected is None:
            return []
        if not np.isfinite(comparison.error):
            return []  # judged by more than how far it is off, and told so
        closer = comparison.relative / CLOSER
        for wanted, reply in zip(case.expected(), outcome.replies, strict=False):
            array = array_of(case.read(reply.value)) if isinstance(reply, Returned) else None
            if closer == 0.0 or array is None or isinstance(wanted, tuple):
                return []
            if array.data.shape != wanted.shape or array.data.dtype.kind not in "if":
                return []
            rounding = SINGLE_PRECISION if is_single(array) else ROUNDING
            pairs.append(_Pair(wanted, array.data.astype(np.float64), rounding, closer))
    return pairs


def _everywhere(change: Callable[[Vector], Vector], ndim: int) -> Callable[[Sequence[_Pair]], bool]:
    """Whether each result is the right one changed in one way."""
    return lambda pairs: all(p.wanted.ndim == ndim and p.is_near(change(p.wanted)) for p in pairs)


def _sorted_alike(pairs: Sequence[_Pair]) -> bool:
    """Whether each result holds the right entries in another order."""
    return all(
        p.wanted.size > 2 and p.is_near(np.sort(p.wanted, axis=None), np.sort(p.got, axis=None))
        for p in pairs
    )


def _right_up_to_signs(pairs: Sequence[_Pair]) -> bool:
    return all(p.is_near(np.abs(p.wanted), np.abs(p.got)) for p in pairs)


def _all_alike(pairs: Sequence[_Pair]) -> bool:
    """Whether results of one shape are equal although the right ones are not."""
    first: dict[tuple[int, ...], _Pair] = {}
    differ = False
    for pair in pairs:
        before = first.setdefault(pair.got.shape, pair)
        if not np.array_equal(before.got, pair.got):
            return False
        differ = differ or not pair.is_near(pair.wanted, before.wanted)
    return differ


def _asymmetric(pairs: Sequence[_Pair]) -> bool:
    """Whether what should be symmetric matrices are none."""
    return all(_is_symmetric(p.wanted, ROUNDING) for p in pairs) and not any(
        _is_symmetric(p.got, p.rounding) for p in pairs
    )


def _is_symmetric(matrix: Vector, rounding: float) -> bool:
    return matrix.ndim == 2 and _Pair(matrix, matrix.T, rounding).is_near(matrix)


_RESEMBLANCES: tuple[tuple[Callable[[Sequence[_Pair]], bool], str], ...] = (
    (_everywhere(lambda w: w[::-1], 1), mark("These are the right numbers, back to front.")),
    (_everywhere(np.transpose, 2), mark("This is the right matrix, transposed.")),
    (_everywhere(lambda w: w[::-1, ::-1], 2), mark("This is the right matrix, back to front.")),
    (_right_up_to_signs, mark("These are the right numbers but for their signs.")),
    (_sorted_alike, mark("These are the right numbers, in another order.")),
    (_all_alike, mark("The result stays the same for other arguments of the same shape.")),
    (_asymmetric, mark("The result is not symmetric, and a Hessian is.")),
)
"""From the most to the least specific."""


def _multiple(pairs: Sequence[_Pair]) -> str:
    """Whether every result is the right one times one and the same number."""
    if sum(p.wanted.size for p in pairs) < 3:
        return ""
    largest = max(pairs, key=lambda p: p.wanted.size)
    place = np.unravel_index(int(np.argmax(np.abs(largest.wanted))), largest.wanted.shape)
    ratio = float(largest.got[place] / largest.wanted[place])
    told = f"{ratio:.4g}"
    if ratio == 0.0 or told == "1" or not np.isfinite(ratio):
        return ""
    holds = all(p.is_near(ratio * p.wanted) for p in pairs)
    return tr("Every result is {factor} times the right one.", factor=told) if holds else ""
