"""Simpler inputs on which a failing case of `step_size` is tried again, the simplest first.

Who hard-codes ten steps and a thousand entries did what was asked, so that sizes stay; the entries
become small whole numbers, most of them zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Case, Context, Reducer
from reference import step_size_closed_form as closed

from . import cases, descents, given

Vector = npt.NDArray[np.float64]
Point = Mapping[str, Any]

UNIT = np.eye(1, descents.DIMENSION)[0]
"""One, followed by zeros."""


def _points(context: Context, case: Case) -> Iterator[Point]:
    drawn, _ = case.data["points"][0]
    counted = np.arange(1.0, descents.STEPS + 1) / 100
    for alphas in (np.zeros(descents.STEPS), np.full(descents.STEPS, 0.5), counted, drawn):
        yield {"alphas": alphas, "x0": UNIT}
    yield {"alphas": counted, "x0": np.ones(descents.DIMENSION)}


def _is_trivial(alphas: Vector, x0: Vector) -> bool:
    """Whether L or its gradient is zero there, which proves nothing."""
    return not np.any(closed.closed_form_gradient(alphas, x0)) or not np.any(
        closed.closed_form_loss(alphas, x0)
    )


def _loss_case(context: Context, point: Point) -> Case | None:
    alphas, x0 = np.asarray(point["alphas"]), np.asarray(point["x0"])
    if _is_trivial(alphas, x0):
        return None
    return cases.gd_loss_case(context, 0, 0, [(alphas, x0)])


def _evidence_case(context: Context, point: Point) -> Case | None:
    alphas, x0 = np.asarray(point["alphas"]), np.asarray(point["x0"])
    if _is_trivial(alphas, x0):
        return None
    return cases.optimality_case(context, 0, 0, [(alphas, x0)])


GD_LOSS = Reducer(_points, _loss_case, ("alphas",))
OPTIMALITY = Reducer(_points, _evidence_case, ("alphas",))


def _descents(context: Context, case: Case) -> Iterator[Point]:
    """Descents by one step and more, where beta and the number of steps are given."""
    if case.data["betas"] is None or "followed" in case.data:  # what comes late, no small one shows
        return
    counted = np.arange(1.0, descents.STEPS + 1) / 100
    for num_steps in range(1, case.data["num_steps"] + 1):
        for alphas in (np.zeros(descents.STEPS), counted):
            for beta in (0.25, 1.5):  # the larger one takes 1 - alpha past zero
                yield {"alphas": alphas, "x0": UNIT, "beta": beta, "num_steps": num_steps}


def _descent(context: Context, point: Point) -> Case | None:
    start = np.asarray(point["alphas"]), np.asarray(point["x0"])
    return given.exact_case(context, 0, 0, [start], [point["beta"]], point["num_steps"])


TUNE = Reducer(_descents, _descent, ("alphas",))
