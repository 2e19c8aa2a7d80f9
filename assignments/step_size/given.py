"""Exactness of a descent that takes beta and the number of steps: drawn ones, and its own defaults.

It is compared with the trajectory of plain gradient descent. It has to end where that ends or, if
the gradient has vanished, where a rule of its own may have stopped it. Defaults that are numbers
are constants, too: the run that shows the quality of the result has to end on the trajectory that
they give, so that a rule that changes after the first steps shows.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from adcheck.authoring import (
    case_seed,
    generator,
    single_spread,
    single_tolerance,
    texts,
    uniform,
)
from adcheck.compare import Tolerance, array_of, compare
from adcheck.model import Call, Case, Comparison, Context, Kind, Named, Parameter, Returned, Value
from reference import step_size_closed_form as closed

from . import right
from .descents import Start, Vector, continuing, drawn_start, shown, stand_ins, tuned

tr = texts(__file__).tr

BETAS = (1e-4, 5e-4)
"""Steps that move each alpha by 0.01 to 0.1 at first: large enough to tell orders of error apart,
small enough to stay far from divergence."""

NUM_STEPS = (1, 3, 6, 2)

OVERSHOOT = {1: (1.2, 1.6), 3: (2.1, 2.2)}
"""How far the first step goes in some cases, by index; 1 is to the minimum. The first of them
passes it, and does not go far enough to diverge: who keeps the alphas in [0, 1] is found out there.
The second leads to alphas of about 2 and from there to -7 and below, while L grows in both of its
steps: so are rules that turn back where L grows, and bounds other than 0 and 1. What rounding does
to the start grows less than a hundredfold in two steps."""

MOST_STEPS = 20_000
"""Of a default run that is followed: 0.4 s."""

MOST_GROWTH = 1e3
"""Of a small change to the start until the end, where a default run is followed: beyond the edge of
stability rounding decides where a descent ends."""

CONVERGED = 1e-4
"""Of the gradient norm at the start: a descent that stops there by a rule of its own is right. The
usual rules are 1e-10 to 1e-2, and the norm at the start is several hundred."""

FOLLOWED = 1e-8
"""How far, relative to the largest alpha, a followed run may end off its trajectory in double
precision: rounding in a thousand steps makes 1e-13 of it."""


def takes_constants(context: Context) -> bool:
    """Whether the function takes beta and the number of steps, by name or by place."""
    if context.parameters is None or any(p.kind in ("*", "**") for p in context.parameters):
        return True
    free = _free(context)
    return len(free) >= 2 or all(_named(context, name, free) for name in ("beta", "num_steps"))


def _free(context: Context) -> list[Parameter]:
    """The parameters after alphas and x0."""
    return [p for p in (context.parameters or ())[2:] if p.kind in ("positional", "keyword")]


def _named(context: Context, name: str, parameters: Sequence[Parameter]) -> list[Parameter]:
    """Those that are called as an argument may be."""
    lowered = {known.lower() for known in context.item.arguments[name]}
    return [p for p in parameters if p.name.lower() in lowered]


def exact_cases(context: Context) -> list[Case]:
    """Descents by few steps, with constants that are drawn."""
    return [_exact_case(context, index, n) for index, n in enumerate(NUM_STEPS)]


def _exact_case(context: Context, index: int, num_steps: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    starts = [drawn_start(rng) for _ in range(2)]
    if index in OVERSHOOT:
        betas = [_steep_beta(rng, *start, OVERSHOOT[index]) for start in starts]
    else:
        betas = [float(uniform(rng, *BETAS)) for _ in range(2)]
    return exact_case(context, index, seed, starts, betas, num_steps)


def _steep_beta(
    rng: np.random.Generator, alphas: Vector, x0: Vector, overshoot: tuple[float, float]
) -> float:
    """A step along the gradient takes 1 - alpha to about 1 - overshoot times itself."""
    shrink = -closed.closed_form_gradient(alphas, x0) / (1.0 - alphas)
    return float(np.float32(uniform(rng, *overshoot) / np.mean(shrink)))


def exact_case(
    context: Context,
    index: int,
    seed: int,
    starts: Sequence[Start],
    betas: Sequence[float],
    num_steps: int,
) -> Case:
    """One descent from each start with a given beta and number of steps."""
    arguments = context.item.arguments
    calls = [
        Call(
            context.item.id,
            start,
            named=(
                Named(tuple(arguments["beta"]), beta),
                Named(tuple(arguments["num_steps"]), num_steps),
            ),
            jit=True,
            stand_ins=stand_ins(context),
        )
        for start, beta in zip(starts, betas, strict=True)
    ]
    trajectories = [
        closed.closed_form_trajectory(*start, beta, num_steps)
        for start, beta in zip(starts, betas, strict=True)
    ]
    expected = [points[-1] for points in trajectories]

    def judge(replies: Sequence[Returned]) -> Comparison:
        worst = Comparison(Kind.EQUAL)
        runs = zip(starts, betas, trajectories, replies, strict=False)
        for index, (start, beta, points, reply) in enumerate(runs):
            tolerance = single_tolerance(partial(_spread, start, beta, num_steps, points[-1]))
            flat = _flat(points, start[1])
            comparison = _on_path(points, flat, tuned(reply.value), tolerance)
            if not comparison.ok:
                return replace(comparison, call=index)
            worst = max(worst, comparison, key=lambda c: c.error)
        return worst

    return Case(
        part="exactness",
        index=index,
        seed=seed,
        inputs=tuple(
            shown(*start) | {"beta": beta, "num_steps": num_steps}
            for start, beta in zip(starts, betas, strict=True)
        ),
        calls=tuple(calls),
        judge=judge,
        data={"starts": starts, "betas": betas, "num_steps": num_steps},
        expected=lambda: expected,
        read=tuned,
    )


def _spread(start: Start, beta: float, num_steps: int, wanted: Vector) -> float:
    single = start[0].astype(np.float32), start[1].astype(np.float32)
    formulations = [partial(right.tuned, *single, beta, num_steps, name) for name in right.NAMES]
    return single_spread(wanted, formulations)


def _on_path(
    points: Vector, ends: npt.NDArray[np.bool_], value: Value, tolerance: Tolerance
) -> Comparison:
    """Compares with the last point or, if it is nearer, with one where one may end, too.

    Args:
        points: of a trajectory, shape (t + 1, k).
        ends: which of them, shape (t + 1,).
        value: the end of a descent.
        tolerance: at the last point.
    """
    comparison = compare(points[-1], value, tolerance)
    array = array_of(value)
    if comparison.kind not in (Kind.VALUE, Kind.EQUAL) or array is None or not np.any(ends):
        return comparison
    distances = np.max(np.abs(points[ends] - array.data), axis=1)
    stopped = compare(points[ends][int(np.argmin(distances))], value, tolerance)
    return stopped if stopped.ok and stopped.error < comparison.error else comparison


def _flat(points: Vector, x0: Vector) -> npt.NDArray[np.bool_]:
    """Where a descent may find that it has converged: shape (t + 1,) for t + 1 points."""
    norms = [np.linalg.norm(closed.closed_form_gradient(point, x0)) for point in points]
    return np.array(norms) <= CONVERGED * norms[0]


# --------------------------------------------------------------------------- its own defaults


def defaults(context: Context) -> tuple[float, int] | None:
    """Beta and the number of steps of a run with defaults; None where that is in doubt."""
    free = _free(context)
    by_name = [_named(context, name, free) for name in ("beta", "num_steps")]
    others = [p for p in free if not any(p in found for found in by_name)]
    found = [
        found or [p for p in others if type(p.number) is kind]
        for found, kind in zip(by_name, (float, int), strict=True)
    ]
    if [len(candidates) for candidates in found] != [1, 1]:
        return None
    beta, num_steps = (candidates[0].number for candidates in found)
    if beta is None or num_steps is None or not float(num_steps).is_integer():
        return None
    return (beta, int(num_steps)) if beta > 0 and 0 < num_steps <= MOST_STEPS else None


def followed_case(quality: Case, beta: float, num_steps: int) -> Case:
    """The run at the defaults that also shows the quality, followed along its trajectory."""
    start: Start = quality.data["starts"][0]

    @functools.cache
    def trajectory() -> Vector:
        with np.errstate(all="ignore"):
            return closed.closed_form_trajectory(*start, beta, num_steps)

    tolerance = single_tolerance(
        lambda: _spread(start, beta, num_steps, trajectory()[-1]), double=FOLLOWED
    )

    def judge(replies: Sequence[Returned]) -> Comparison:
        points, value = trajectory(), tuned(replies[0].value)
        if not np.all(np.isfinite(points)):
            return Comparison(Kind.EQUAL)
        comparison = _on_path(points, np.ones(len(points), bool), value, tolerance)
        if comparison.ok:
            return comparison
        if comparison.kind is not Kind.VALUE or not _is_stable(points, start, beta):
            return Comparison(Kind.EQUAL)  # what no descent can be told from is a matter of quality
        told = tr(
            "With your defaults, beta = {beta} and {count} steps, it does not end on the path of "
            "plain gradient descent with a constant beta: {message}",
            beta=f"{beta:g}",
            count=num_steps,
            message=continuing(comparison.message),
        )
        return replace(comparison, message=told)

    return replace(
        quality,
        part="exactness",
        judge=judge,
        data={"starts": [start], "betas": [beta], "num_steps": num_steps, "followed": True},
        expected=lambda: [trajectory()[-1]],
        read=tuned,
    )


def _is_stable(points: Vector, start: Start, beta: float) -> bool:
    """Whether a small change to the start stays one."""
    change = 1e-10
    with np.errstate(all="ignore"):
        changed = closed.closed_form_trajectory(start[0] + change, start[1], beta, len(points) - 1)
        return bool(np.max(np.abs(changed[-1] - points[-1])) <= MOST_GROWTH * change)
