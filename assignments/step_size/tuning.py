"""The two halves of `step_size.tune`: exactness of the descent, and quality of its defaults.

Exactness is judged in one of two ways, by what the student's function takes:

*With arguments for beta and the number of steps* it is called with drawn ones, and the result is
compared with the reference trajectory.

*Without them* the descent's own constants are unknown. They are fitted: a run gives ten numbers,
which plain gradient descent explains by two. For a number of steps T, the first coordinate
determines beta; the other nine have to follow. The constants must then explain a run from a
second start. Where no constants fit (a rule that stops by itself, say), the first-order law of
plain gradient descent decides: for small steps each alpha_j moves in proportion to dL/dalpha_j,
so that (alpha_j' - alpha_j)(1 - alpha_j) is the same for all j.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import (
    X,
    Y,
    case_seed,
    generator,
    op,
    single_spread,
    single_tolerance,
    summary,
    texts,
    uniform,
)
from adcheck.compare import array_of, compare, describe, is_single
from adcheck.model import (
    Array,
    Call,
    Case,
    Comparison,
    Context,
    Function,
    Kind,
    Named,
    Parameter,
    Returned,
    Signature,
    Value,
)
from reference import step_size_closed_form as closed

from . import fitting, right

Vector = npt.NDArray[np.float64]
tr = texts(__file__).tr
Start = tuple[Vector, Vector]

STEPS = 10
DIMENSION = 1000
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

OWN_CONSTANTS = (1e-4, 50.0, 1e-5, 1e-2, 0.9, 0.999, 1e-3, 1000.0)
"""Such as stand in functions that take no constants: what `right` computes with among them."""


def _taking(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "positional", False) for name in names)


SIGNATURES = (
    Signature(_taking("alphas", "x0", "beta", "num_steps")),
    Signature(_taking("alphas", "x0"), OWN_CONSTANTS),
)
"""With and without arguments for the descent's constants."""

TWINS = (2, 7)
"""Places of two alphas that start equal in the second run of a fitted case."""

SMALL_STARTS = (0.1, 0.01)
"""Factors on x0, which stays in its box: the last makes any usual beta's steps small."""

LEAST_MOVE = 0.01
"""Of the largest move: descent on L brings every alpha a good way along, an answer that sets some
of them by hand does not."""

LINEAR_TOLERANCE = 0.02
"""How far the first-order law may be off where no alpha moved by more than 1e-3: its error is of
second order, about 20 times the movement."""


def cases(context: Context) -> Sequence[Case]:
    """Exactness by whichever way the signature allows, then quality at the student's defaults."""
    beta, num_steps = _takes(context)
    if beta and num_steps:
        exact = [_exact_case(context, index, n) for index, n in enumerate(NUM_STEPS)]
    else:
        exact = [_fitted_case(context, 0)]
    return [*exact, _quality_case(context, len(exact))]


def stand_ins(context: Context) -> Mapping[str, Function]:
    """L as data, for a student whose own `gd_loss` is wrong: 1/2 ||x0||^2 prod (1 - alpha)^2."""
    norm = op("sum", op("mul", Y, Y))
    loss = op("mul", 0.5, op("mul", norm, op("prod", op("power", op("sub", 1.0, X), 2))))
    return {id_: Function(loss) for id_ in context.replaced}


def _takes(context: Context) -> tuple[bool, bool]:
    """Whether the function takes beta and the number of steps, by name or by place."""
    parameters = context.parameters
    if parameters is None:
        return True, True
    if any(p.kind in ("*", "**") for p in parameters):
        return True, True
    free = [p for p in parameters if p.kind in ("positional", "keyword")][2:]
    by_name = [_has(free, context.item.arguments[name]) for name in ("beta", "num_steps")]
    if len(free) >= 2:
        return True, True
    return by_name[0], by_name[1]


def _has(parameters: Sequence[Parameter], names: Sequence[str]) -> bool:
    lowered = {name.lower() for name in names}
    return any(p.name.lower() in lowered for p in parameters)


def tuned(value: Value) -> Value:
    """The tuned alphas of a result: the result itself, or the first of a tuple."""
    if isinstance(value, tuple) and value:
        first = value[0]
        if isinstance(first, Array) and first.data.ndim == 0:
            return value
        if len(value) == STEPS and all(_is_scalar(item) for item in value):
            return value
        return first
    return value


def _is_scalar(value: Value) -> bool:
    return isinstance(value, Array) and value.data.size == 1


# --------------------------------------------------------------------------- given constants


def _exact_case(context: Context, index: int, num_steps: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    starts = [_start(rng) for _ in range(2)]
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
    expected = [
        closed.closed_form_trajectory(*start, beta, num_steps)[-1]
        for start, beta in zip(starts, betas, strict=True)
    ]

    def judge(replies: Sequence[Returned]) -> Comparison:
        worst = Comparison(Kind.EQUAL)
        runs = zip(starts, betas, expected, replies, strict=False)
        for index, (start, beta, wanted, reply) in enumerate(runs):
            tolerance = single_tolerance(partial(_spread, start, beta, num_steps, wanted))
            comparison = compare(wanted, tuned(reply.value), tolerance)
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


def shown(alphas: Vector, x0: Vector) -> dict[str, Any]:
    """The inputs of a call as a person reads them."""
    return {"alphas": np.round(alphas, 4), "x0": summary(x0)}


def _start(rng: np.random.Generator) -> tuple[Vector, Vector]:
    return uniform(rng, 0, 0.1, STEPS), uniform(rng, 0, 1, DIMENSION)


# --------------------------------------------------------------------------- fitted constants


def _fitted_case(context: Context, index: int) -> Case:
    """Two runs at full scale, and only where these do not decide, runs from scaled starts.

    A rule that stops by itself can take very long from a start that is scaled down.
    """
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    first, second = _start(rng), _start(rng)
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


# --------------------------------------------------------------------------- quality


def _quality_case(context: Context, index: int) -> Case:
    """One run at the student's own defaults.

    Two of the ten step sizes start equal, the others all differ: whatever descends on L, with
    momentum or without, keeps the two equal and the others apart, because L treats all alike.
    An answer that ignores its start, such as ``ones(10)``, does not.
    """
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    alphas, x0 = _start(rng)
    twins = rng.choice(STEPS, 2, replace=False)
    alphas[twins[1]] = alphas[twins[0]]
    thresholds = context.item.thresholds
    return Case(
        part="quality",
        index=index,
        seed=seed,
        inputs=(shown(alphas, x0),),
        calls=(Call(context.item.id, (alphas, x0), stand_ins=stand_ins(context)),),
        judge=lambda replies: _judge_quality(alphas, x0, twins, replies, thresholds),
        data={"starts": [(alphas, x0)], "betas": None, "num_steps": None},
    )


def _judge_quality(
    alphas: Vector, x0: Vector, twins: Any, replies: Sequence[Returned], thresholds: Any
) -> Comparison:
    value = tuned(replies[0].value)
    well_formed = compare(np.ones_like(alphas), value)
    if well_formed.kind not in (Kind.VALUE, Kind.EQUAL):
        return well_formed
    array = array_of(value)
    if array is None:
        return Comparison(Kind.STRUCTURE, tr("It returned {got}.", got=describe(value)))
    end = array.data.astype(np.float64)
    return _not_better(alphas, end, x0, thresholds) or _ignores_start(alphas, end, twins)


def _not_better(alphas: Vector, end: Vector, x0: Vector, thresholds: Any) -> Comparison | None:
    with np.errstate(over="ignore"):
        loss = float(closed.closed_form_loss(end, x0) / closed.closed_form_loss(alphas, x0))
        gradient = float(
            np.linalg.norm(closed.closed_form_gradient(end, x0))
            / np.linalg.norm(closed.closed_form_gradient(alphas, x0))
        )
    judged = (
        (
            loss,
            thresholds["loss_ratio"],
            tr(
                "With your default beta and number of steps, L grows to {ratio} of its start; at "
                "most {limit} is asked for."
            ),
            tr(
                "With your default beta and number of steps, L only falls to {ratio} of its start; "
                "at most {limit} is asked for."
            ),
        ),
        (
            gradient,
            thresholds["gradient_ratio"],
            tr(
                "With your default beta and number of steps, the gradient norm of L grows to "
                "{ratio} of its start; at most {limit} is asked for."
            ),
            tr(
                "With your default beta and number of steps, the gradient norm of L only falls to "
                "{ratio} of its start; at most {limit} is asked for."
            ),
        ),
    )
    for ratio, limit, grows, falls in judged:
        if not ratio <= limit:
            told = (grows if ratio > 1 else falls).format(ratio=f"{ratio:.3g}", limit=f"{limit:g}")
            wanted = tr("at most {limit}", limit=f"{limit:g}")
            return Comparison(Kind.PROPERTY, told, wanted, f"{ratio:.6g}")
    return None


def _ignores_start(alphas: Vector, end: Vector, twins: Any) -> Comparison:
    others = np.delete(end, twins[1])
    apart = len(np.unique(others)) == len(others)
    together = abs(end[twins[0]] - end[twins[1]]) <= 1e-5 * max(1.0, float(np.max(np.abs(end))))
    moved = np.abs(end - alphas)
    if apart and together and np.min(moved) > LEAST_MOVE * np.max(moved):
        return Comparison(Kind.EQUAL)
    if not together:
        message = tr(
            "The step sizes do not move as a descent on L moves them: two that started equal came "
            "apart, although L treats all alike."
        )
    elif apart:
        message = tr("The step sizes do not move as a descent on L moves them: some did not move.")
    else:
        message = tr(
            "The step sizes do not move as a descent on L moves them: some that started different "
            "became equal."
        )
    return Comparison(Kind.PROPERTY, message)
