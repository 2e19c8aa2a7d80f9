"""Exactness of a descent whose constants are its own: fitted to what it did.

A run gives ten numbers, which plain gradient descent explains by two. For a number of steps T, the
first coordinate determines beta; the other nine have to follow. The constants must then explain a
run from a second start. Where no constants fit (a rule that stops by itself, say), the first-order
law of plain gradient descent decides: for small steps each alpha_j moves in proportion to
dL/dalpha_j, so that (alpha_j' - alpha_j)(1 - alpha_j) is the same for all j.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adcheck.authoring import case_seed, generator, texts
from adcheck.compare import array_of, compare, is_single
from adcheck.model import Array, Call, Case, Comparison, Context, Kind, Returned

from . import fitting
from .descents import Start, Vector, drawn_start, shown, stand_ins, tuned

tr = texts(__file__).tr

TWINS = (2, 7)
"""Places of two alphas that start equal in the second run of a fitted case."""

SMALL_STARTS = (0.1, 0.01)
"""Factors on x0, which stays in its box: the last makes any usual beta's steps small."""

LINEAR_TOLERANCE = 0.02
"""How far the first-order law may be off where no alpha moved by more than 1e-3: its error is of
second order, about 20 times the movement."""


def fitted_case(context: Context, index: int) -> Case:
    """Two runs at full scale, and only where these do not decide, runs from scaled starts.

    A rule that stops by itself can take very long from a start that is scaled down.
    """
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    first, second = drawn_start(rng), drawn_start(rng)
    second[0][TWINS[1]] = second[0][TWINS[0]]
    scaled = [(first[0], _scaled(first[1], factor)) for factor in SMALL_STARTS]
    starts = [first, second, *scaled]
    calls = tuple(Call(context.item.id, s, stand_ins=stand_ins(context)) for s in starts)
    decided = _Fit(starts, context.literals)
    return Case(
        part="exactness",
        index=index,
        seed=seed,
        inputs=tuple(shown(*start) for start in starts),
        calls=calls[:2],
        judge=decided.judge,
        data={"starts": starts, "betas": None, "num_steps": None},
        more=lambda replies: () if decided.by_fit(replies) is not None else calls[2:],
    )


def _scaled(x0: Vector, factor: float) -> Vector:
    return (x0 * factor).astype(np.float32).astype(np.float64)


class _Fit:
    """The verdict on runs of a descent whose constants are unknown."""

    def __init__(self, starts: Sequence[Start], literals: Sequence[float]) -> None:
        self._starts, self._literals = starts, literals
        self._known: dict[bytes, Comparison | None] = {}

    def judge(self, replies: Sequence[Returned]) -> Comparison:
        """By the fit or, where there are runs from scaled starts, by the first-order law."""
        decided = self.by_fit(replies)
        if decided is not None:
            return decided
        ends, malformed = self._ends(replies)
        if malformed is not None:
            return malformed
        if len(ends) < len(self._starts):
            return Comparison(Kind.EQUAL)
        data = [end.data.astype(np.float64) for end in ends]
        return _first_order(self._starts, data, fitting.flows(self._starts[:2], data[:2]))

    def by_fit(self, replies: Sequence[Returned]) -> Comparison | None:
        """The verdict where constants explain the first two runs, or a known method does."""
        ends, malformed = self._ends(replies[:2])
        if malformed is not None or len(ends) < 2:
            return malformed
        key = b"".join(end.data.tobytes() for end in ends)
        if key not in self._known:  # asked for twice, and seconds where nothing fits
            self._known[key] = _explanation(self._starts[:2], ends, self._literals)
        return self._known[key]

    def _ends(self, replies: Sequence[Returned]) -> tuple[list[Array], Comparison | None]:
        ends: list[Array] = []
        for (alphas, _), reply in zip(self._starts, replies, strict=False):
            array = array_of(tuned(reply.value))
            well_formed = compare(np.ones_like(alphas), tuned(reply.value))
            if array is None or well_formed.kind not in (Kind.VALUE, Kind.EQUAL):
                return ends, well_formed
            ends.append(array)
        return ends, None


def _explanation(
    starts: Sequence[Start], ends: Sequence[Array], literals: Sequence[float]
) -> Comparison | None:
    data = [end.data.astype(np.float64) for end in ends]
    moved = [float(np.max(np.abs(e - a))) for (a, _), e in zip(starts, data, strict=True)]
    if max(moved) == 0.0:
        return Comparison(Kind.PROPERTY, tr("The step sizes come back unchanged."))
    tolerance = fitting.SINGLE if any(is_single(end) for end in ends) else fitting.DOUBLE
    match fitting.known_method(starts, data, literals, tolerance):
        case fitting.Method.PLAIN:
            return Comparison(Kind.EQUAL)
        case fitting.Method.MOMENTUM:
            message = tr("This is gradient descent with momentum: the task asks for plain descent.")
            return Comparison(Kind.PROPERTY, message)
        case fitting.Method.SCHEDULE:
            message = tr("Beta shrinks from step to step: the task asks for a constant one.")
            return Comparison(Kind.PROPERTY, message)
    explained = fitting.explained(starts, data, literals, tolerance)
    return Comparison(Kind.EQUAL) if explained else None


def _first_order(starts: Sequence[Start], ends: Sequence[Vector], flows: bool) -> Comparison:
    """Judges by the runs in which no alpha moved far, by the law in this module's docstring.

    The runs from full starts have to follow the gradient flow, as far as they went.
    """
    law = Comparison(
        Kind.PROPERTY,
        tr(
            "The step sizes do not move as plain gradient descent on L with a constant beta moves "
            "them."
        ),
    )
    if not flows or abs(ends[1][TWINS[0]] - ends[1][TWINS[1]]) > 1e-5:
        return law  # the twins began equal, and L treats all alike
    for (alphas, _), end in zip(starts, ends, strict=True):
        change = end - alphas
        moved = float(np.max(np.abs(change)))
        if not 1e-9 < moved < 1e-3:
            continue
        constant = change * (1.0 - alphas)
        off = float(np.max(np.abs(constant - np.mean(constant)))) / float(np.max(np.abs(constant)))
        ascends = float(np.mean(constant)) < 0
        return (
            law
            if ascends or off > LINEAR_TOLERANCE * moved / 1e-3 + 1e-6
            else Comparison(Kind.EQUAL)
        )
    return law
