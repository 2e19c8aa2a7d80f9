"""The cases of `gd_loss` and `local_optimality`: what is drawn, called and expected.

The answers are the closed forms of `reference.step_size_closed_form`; the JAX formulations of
`reference.step_size` agree with them, which ``adcheck validate`` measures, and give the spread that
decides how far an answer in single precision may be off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import (
    case_seed,
    generator,
    judge_all,
    single_spread,
    single_tolerance,
    texts,
    uniform,
)
from adcheck.compare import Tolerance, compare, describe, unexpected
from adcheck.model import (
    Array,
    Call,
    Case,
    Comparison,
    Context,
    Kind,
    Returned,
    Transform,
    Value,
)
from reference import step_size_closed_form as closed

from . import descents, right

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
tr = texts(__file__).tr

ALPHA_RANGES = ((0.0, 0.1), (0.0, 0.8), (-0.5, 1.8))
"""The statement's range first, then where tuning goes, then past both ends of [0, 1]: who keeps
alphas or points in a range is found out there."""

OUTWARD = (-0.5, -0.2)
"""The first and the last step sizes of gd_loss where they pass both ends: such steps lead away from
the minimum, out of the box of x0 at once and up at the end, so that who keeps points in a box, or
the smallest loss of all steps, is found out for any draw."""

AWAY_FROM_ONE = 0.05
"""Step sizes this close to 1 are redrawn: 1 - alpha loses digits there, and L nearly vanishes."""


def draw_alphas(rng: np.random.Generator, low: float, high: float) -> Vector:
    """Ten step sizes uniform in [low, high], none near 1."""
    while True:
        alphas = uniform(rng, low, high, descents.STEPS)
        if np.min(np.abs(1.0 - alphas)) > AWAY_FROM_ONE:
            return alphas


# --------------------------------------------------------------------------- gd_loss


def gd_loss_cases(context: Context) -> Sequence[Case]:
    """Values and gradients of L, for step sizes of growing range."""
    return [_gd_loss_case(context, index, r) for index, r in enumerate(ALPHA_RANGES)]


def _gd_loss_case(context: Context, index: int, alpha_range: tuple[float, float]) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    points = [
        (draw_alphas(rng, *alpha_range), uniform(rng, 0, 1, descents.DIMENSION)) for _ in range(2)
    ]
    if alpha_range[0] < 0:
        for alphas, _ in points:
            alphas[[0, -1]] = uniform(rng, *OUTWARD, 2)
    return gd_loss_case(context, index, seed, points)


def gd_loss_case(
    context: Context, index: int, seed: int, points: Sequence[tuple[Vector, Vector]]
) -> Case:
    """Two calls at each point, for the value and for its gradient."""
    calls: list[Call] = []
    expected: list[AnyArray] = []
    spreads: list[Callable[[], float]] = []
    for point in points:
        calls.append(Call(context.item.id, point, jit=True))
        calls.append(Call(context.item.id, point, transform=Transform.GRADIENT, jit=True))
        expected.append(np.asarray(closed.closed_form_loss(*point)))
        expected.append(closed.closed_form_gradient(*point))
        spreads.append(partial(_spread, right.loss, point, expected[-2]))
        spreads.append(partial(_spread, right.gradient, point, expected[-1]))
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple(descents.shown(*point) for point in points for _ in ("value", "gradient")),
        calls=tuple(calls),
        judge=_told_apart(judge_all(expected, spreads), expected),
        data={"points": points},
        expected=lambda: expected,
    )


def _spread(
    formulation: Callable[[AnyArray, AnyArray, str], AnyArray],
    point: tuple[Vector, Vector],
    expected: AnyArray,
) -> float:
    single = point[0].astype(np.float32), point[1].astype(np.float32)
    return single_spread(expected, [partial(formulation, *single, name) for name in right.NAMES])


_ROUGH = Tolerance(single=lambda: 1e-3)


def _told_apart(
    judge: Callable[[Sequence[Returned]], Comparison], expected: Sequence[Vector]
) -> Callable[[Sequence[Returned]], Comparison]:
    """Says whether it was the value or its gradient that is wrong."""

    def judged(replies: Sequence[Returned]) -> Comparison:
        comparison = judge(replies)
        pairs = list(zip(expected, replies, strict=False))[::2]
        values_right = all(compare(e, r.value, _ROUGH).ok for e, r in pairs)
        if comparison.ok or not values_right:
            return comparison
        gradient = tr("Here the value is right, but its gradient by jax.grad is not.")
        message = f"{gradient} {comparison.message}"
        return replace(comparison, message=message)

    return judged


# --------------------------------------------------------------------------- local_optimality


def optimality_cases(context: Context) -> Sequence[Case]:
    """Pairs of gradient norm and eigenvalues, at the start and where tuning may go."""
    return [_optimality_case(context, index, r) for index, r in enumerate(ALPHA_RANGES[::2])]


def _optimality_case(context: Context, index: int, alpha_range: tuple[float, float]) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    points = [
        (draw_alphas(rng, *alpha_range), uniform(rng, 0, 1, descents.DIMENSION)) for _ in range(2)
    ]
    return optimality_case(context, index, seed, points)


def optimality_case(
    context: Context, index: int, seed: int, points: Sequence[tuple[Vector, Vector]]
) -> Case:
    """One call at each point."""
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple(descents.shown(*point) for point in points),
        calls=tuple(
            Call(context.item.id, point, jit=True, stand_ins=descents.stand_ins(context))
            for point in points
        ),
        judge=lambda replies: _judge_evidence(points, replies),
        data={"points": points},
        expected=lambda: [evidence(*point) for point in points],
        read=_unpacked,
    )


def _judge_evidence(
    points: Sequence[tuple[Vector, Vector]], replies: Sequence[Returned]
) -> Comparison:
    worst = Comparison(Kind.EQUAL)
    for index, (point, reply) in enumerate(zip(points, replies, strict=False)):
        pair = _pair(reply.value)
        if pair is None:
            wanted, got = tr("a pair (gradient norm, eigenvalues)"), describe(reply.value)
            return Comparison(Kind.STRUCTURE, unexpected(got, wanted), wanted, got, call=index)
        tolerance = single_tolerance(partial(_evidence_spread, point))
        sentences = tr("In the gradient norm: {message}"), tr("In the eigenvalues: {message}")
        for sentence, wanted_value, got_value in zip(
            sentences, evidence(*point), pair, strict=True
        ):
            comparison = compare(wanted_value, got_value, tolerance)
            if not comparison.ok:
                return replace(_named(sentence, comparison), call=index)
            worst = max(worst, comparison, key=lambda c: c.error)
    return worst


def _pair(value: Value) -> tuple[Value, Value] | None:
    pair = _unpacked(value)
    return pair if isinstance(pair, tuple) and len(pair) == 2 else None


def _unpacked(value: Value) -> Value:
    """A pair of two numbers arrives as one array."""
    if isinstance(value, Array) and value.data.shape == (2,):
        return tuple(Array(number, value.dtype) for number in value.data)
    return value


def _named(sentence: str, comparison: Comparison) -> Comparison:
    message = descents.continuing(comparison.message)
    return replace(comparison, message=sentence.format(message=message))


def evidence(alphas: Vector, x0: Vector) -> tuple[AnyArray, AnyArray]:
    """The right pair: gradient norm ``()`` and ascending eigenvalues ``(10,)`` of L."""
    gradient = closed.closed_form_gradient(alphas, x0)
    hessian = closed.closed_form_hessian(alphas, x0)
    return np.asarray(np.linalg.norm(gradient)), np.linalg.eigvalsh(hessian)


def _evidence_spread(point: tuple[Vector, Vector]) -> float:
    """Of both numbers together."""
    single = point[0].astype(np.float32), point[1].astype(np.float32)
    spread = 0.0
    for name in right.NAMES:
        computed = right.evidence(*single, name)
        for wanted, value in zip(evidence(*point), computed, strict=True):
            spread = max(spread, single_spread(wanted, [partial(np.asarray, value)]))
    return spread
