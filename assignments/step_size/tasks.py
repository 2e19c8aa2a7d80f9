"""How the assignment `step_size` is graded: the cases of each item and what their answers are.

The answers are the closed forms of `reference.step_size_closed_form`; single precision's spread
comes from the JAX formulations of `reference.step_size`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from adcheck.authoring import (
    case_seed,
    evaluate,
    generator,
    judge_all,
    single_spread,
    uniform,
)
from adcheck.compare import Tolerance, compare, describe, from_spread
from adcheck.model import (
    Call,
    Case,
    Comparison,
    Context,
    Kind,
    Returned,
    Task,
    Transform,
    Value,
)
from reference import step_size as reference
from reference import step_size_closed_form as closed

from . import mistakes, tuning

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]

LOSS = "step_size.gd_loss"

ALPHA_RANGES = ((0.0, 0.1), (0.0, 0.8), (0.0, 1.5))
"""The statement's range first, then where tuning goes."""

AWAY_FROM_ONE = 0.05
"""Step sizes this close to 1 are redrawn: 1 - alpha loses digits there, and L nearly vanishes."""


def tasks() -> Mapping[str, Task]:
    """How each automatically graded item is graded, by item id."""
    return {
        "step_size.gd_loss": Task(_gd_loss_cases, mistakes.GD_LOSS),
        "step_size.tune": Task(tuning.cases, mistakes.TUNE, follows=(LOSS,)),
        "step_size.optimality": Task(_optimality_cases, mistakes.OPTIMALITY, follows=(LOSS,)),
    }


def draw_alphas(rng: np.random.Generator, low: float, high: float) -> Vector:
    """Ten step sizes uniform in [low, high], none near 1."""
    while True:
        alphas = uniform(rng, low, high, tuning.STEPS)
        if np.min(np.abs(1.0 - alphas)) > AWAY_FROM_ONE:
            return alphas


# --------------------------------------------------------------------------- gd_loss


def _gd_loss_cases(context: Context) -> Sequence[Case]:
    return [_gd_loss_case(context, index, r) for index, r in enumerate(ALPHA_RANGES)]


def _gd_loss_case(context: Context, index: int, alpha_range: tuple[float, float]) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    points = [
        (draw_alphas(rng, *alpha_range), uniform(rng, 0, 1, tuning.DIMENSION)) for _ in range(2)
    ]
    calls, expected = [], []
    for alphas, x0 in points:
        calls.append(Call(context.item.id, (alphas, x0), jit=True))
        expected.append(np.asarray(closed.closed_form_loss(alphas, x0)))
        calls.append(Call(context.item.id, (alphas, x0), transform=Transform.GRADIENT, jit=True))
        expected.append(closed.closed_form_gradient(alphas, x0))
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple(tuning.shown(*point) for point in points for _ in ("value", "gradient")),
        calls=tuple(calls),
        judge=_told_apart(
            judge_all(lambda: expected, lambda: _loss_spreads(points, expected)), expected
        ),
        data={"points": points},
    )


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
        message = f"The value is right, but its gradient by jax.grad is not. {comparison.message}"
        return replace(comparison, message=message)

    return judged


def _loss_spreads(points: Sequence[tuple[Vector, Vector]], expected: Sequence[Any]) -> list[float]:
    spreads = []
    for index, (alphas, x0) in enumerate(points):
        single = alphas.astype(np.float32), x0.astype(np.float32)
        losses = [partial(evaluate, f, *single) for f in reference.GD_LOSSES.values()]
        gradients = [partial(evaluate, jax.grad(f), *single) for f in reference.GD_LOSSES.values()]
        spreads.append(single_spread(expected[2 * index], losses))
        spreads.append(single_spread(expected[2 * index + 1], gradients))
    return spreads


# --------------------------------------------------------------------------- local_optimality


def _optimality_cases(context: Context) -> Sequence[Case]:
    return [_optimality_case(context, index, r) for index, r in enumerate(ALPHA_RANGES[:2])]


def _optimality_case(context: Context, index: int, alpha_range: tuple[float, float]) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    points = [
        (draw_alphas(rng, *alpha_range), uniform(rng, 0, 1, tuning.DIMENSION)) for _ in range(2)
    ]
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple(tuning.shown(*point) for point in points),
        calls=tuple(
            Call(context.item.id, point, jit=True, stand_ins=tuning.stand_ins(context))
            for point in points
        ),
        judge=lambda replies: _judge_evidence(points, replies),
        data={"points": points},
    )


def _judge_evidence(
    points: Sequence[tuple[Vector, Vector]], replies: Sequence[Returned]
) -> Comparison:
    for index, (point, reply) in enumerate(zip(points, replies, strict=False)):
        pair = _pair(reply.value)
        if pair is None:
            wanted = "a pair (gradient norm, eigenvalues)"
            got = describe(reply.value)
            message = f"It returned {got}, where {wanted} was expected."
            return Comparison(Kind.STRUCTURE, message, wanted, got)
        tolerance = Tolerance(single=partial(_evidence_tolerance, point))
        names = ("gradient norm", "eigenvalues")
        for name, wanted_value, got_value in zip(names, evidence(*point), pair, strict=True):
            comparison = compare(wanted_value, got_value, tolerance)
            if comparison.kind is Kind.VALUE:  # evidence may be computed in single and summed up
                rough = Tolerance(tolerance.single(), tolerance.single)  # in double precision
                comparison = compare(wanted_value, got_value, rough)
            if not comparison.ok:
                return replace(_named(name, comparison), call=index)
    return Comparison(Kind.EQUAL)


def _pair(value: Value) -> tuple[Value, Value] | None:
    return value if isinstance(value, tuple) and len(value) == 2 else None


def _named(name: str, comparison: Comparison) -> Comparison:
    message = f"In the {name}: {comparison.message[0].lower()}{comparison.message[1:]}"
    return replace(comparison, message=message)


def evidence(alphas: Vector, x0: Vector) -> tuple[AnyArray, AnyArray]:
    """The right pair: gradient norm ``()`` and ascending eigenvalues ``(10,)`` of L."""
    gradient = closed.closed_form_gradient(alphas, x0)
    hessian = closed.closed_form_hessian(alphas, x0)
    return np.asarray(np.linalg.norm(gradient)), np.linalg.eigvalsh(hessian)


def _evidence_tolerance(point: tuple[Vector, Vector]) -> float:
    """For float32: from the spread of both numbers together."""
    single = point[0].astype(np.float32), point[1].astype(np.float32)
    spread = 0.0
    for loss in reference.GD_LOSSES.values():
        computed = reference.local_optimality(*single, loss=loss)
        for right, value in zip(evidence(*point), computed, strict=True):
            spread = max(spread, single_spread(right, [partial(np.asarray, value)]))
    return from_spread(spread)
