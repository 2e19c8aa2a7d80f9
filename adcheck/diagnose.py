"""Naming the mistake behind a wrong result, by comparing it with what known mistakes would give.

Pure. A mistake is named only if it explains every failing case to within the tolerance: a wrong
diagnosis is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.compare import FLOOR_FLOAT32, RELATIVE_FLOAT64, array_of, is_single
from adcheck.model import Mistake, Outcome, Returned, Value

__all__ = ["diagnose"]

SINGLE_PRECISION = 100 * FLOOR_FLOAT32
"""A float32 result is compared more loosely: here a near miss only costs a diagnosis."""


def diagnose(failing: Sequence[Outcome], mistakes: Sequence[Mistake]) -> Mistake | None:
    """The first mistake that gives exactly the failing results.

    Args:
        failing: failing cases of one item, all of whose calls returned.
        mistakes: the item's catalogue, most specific first.
    """
    if not failing:
        return None
    return next((mistake for mistake in mistakes if _explains(mistake, failing)), None)


def _explains(mistake: Mistake, failing: Sequence[Outcome]) -> bool:
    """Whether the mistake says something of every case, and all it says is what was returned.

    Results that are not finite fit many mistakes: they may agree, but are no evidence alone.
    """
    evidence = False
    for outcome in failing:
        predicted = mistake.variant(outcome.case)
        pairs = [
            (wrong, reply.value)
            for wrong, reply in zip(predicted, outcome.replies, strict=False)
            if wrong is not None and isinstance(reply, Returned)
        ]
        if not pairs or not all(_same(wrong, value) for wrong, value in pairs):
            return False
        evidence = evidence or any(np.isfinite(wrong).any() for wrong, _ in pairs)
    return evidence


def _same(wrong: npt.NDArray[Any], value: Value) -> bool:
    array = array_of(value)
    if array is None or array.data.shape != wrong.shape or array.data.dtype.kind not in "if":
        return False
    actual = array.data.astype(np.float64)
    finite = np.isfinite(wrong)
    if not np.array_equal(np.isfinite(actual), finite):
        return False
    scale = float(np.max(np.abs(wrong[finite]), initial=0.0))
    allowed = (SINGLE_PRECISION if is_single(array) else RELATIVE_FLOAT64) * scale
    return bool(np.all(np.abs(actual[finite] - wrong[finite]) <= allowed))
