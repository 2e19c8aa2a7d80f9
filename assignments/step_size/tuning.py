"""The cases of `step_size.tune`: exactness of the descent, and quality of its defaults.

Exactness is judged in one of two ways, by what the student's function takes: with arguments for
beta and the number of steps by `given`, without them by `unstated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcheck.authoring import case_seed, generator, texts
from adcheck.compare import array_of, compare, describe
from adcheck.model import (
    Call,
    Case,
    Comparison,
    Context,
    Kind,
    Parameter,
    Returned,
    Signature,
)
from reference import step_size_closed_form as closed

from .descents import STEPS, Vector, drawn_start, shown, stand_ins, tuned
from .given import defaults, exact_cases, followed_case, takes_constants
from .unstated import fitted_case

tr = texts(__file__).tr

OWN_CONSTANTS = (1e-4, 50.0, 1e-5, 1e-2, 0.9, 0.999, 1e-3, 1000.0)
"""Such as stand in functions that take no constants: what `right` computes with among them."""


def _taking(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "positional", False) for name in names)


SIGNATURES = (
    Signature(
        (
            *_taking("alphas", "x0"),
            Parameter("beta", "positional", True, 1e-3),
            Parameter("num_steps", "positional", True, 300),
        )
    ),
    Signature(_taking("alphas", "x0"), OWN_CONSTANTS),
)
"""With and without arguments for the descent's constants."""

LEAST_MOVE = 0.01
"""Of the largest move: descent on L brings every alpha a good way along, an answer that sets some
of them by hand does not."""


def cases(context: Context) -> Sequence[Case]:
    """Exactness by whichever way the signature allows, then quality at the student's defaults."""
    if not takes_constants(context):
        return [fitted_case(context, 0), _quality_case(context, 1)]
    exact = exact_cases(context)
    quality = _quality_case(context, len(exact))
    constants = defaults(context)
    followed = [] if constants is None else [followed_case(quality, *constants)]
    return [*exact, *followed, quality]


def _quality_case(context: Context, index: int) -> Case:
    """One run at the student's own defaults.

    Two of the ten step sizes start equal, the others all differ: whatever descends on L, with
    momentum or without, keeps the two equal and the others apart, because L treats all alike.
    An answer that ignores its start, such as ``ones(10)``, does not.
    """
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    alphas, x0 = drawn_start(rng)
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
