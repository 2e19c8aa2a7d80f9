"""How the assignment `hvp` is graded: for each item its cases, known mistakes and right answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import generator, normal, texts
from adcheck.compare import array_of
from adcheck.model import Call, Context, Cost, Function, Probe, Returned, Task

from . import (
    cases,
    drawings,
    experiments,
    functions,
    mistakes,
    plotting,
    reductions,
    right,
    scripts,
    timing,
)

Vector = npt.NDArray[np.float64]
tr, trn = texts(__file__).tr, texts(__file__).trn


def tasks() -> Mapping[str, Task]:
    """How each automatically graded item is graded, by item id."""
    return {
        "hvp.get_params": Task(
            cases.get_params_cases,
            mistakes.GET_PARAMS,
            right=right.GET_PARAMS,
            near_misses=right.ALMOST_GET_PARAMS,
            reducer=reductions.GET_PARAMS,
        ),
        "hvp.hessian": Task(
            cases.hessian_cases,
            mistakes.HESSIAN,
            follows=("hvp.get_params",),
            right=right.HESSIAN,
            near_misses=right.ALMOST_HESSIAN,
            reducer=reductions.HESSIAN,
        ),
        "hvp.naive_hvp": Task(
            cases.naive_hvp_cases,
            mistakes.NAIVE_HVP,
            right=right.NAIVE_HVP,
            near_misses=right.ALMOST_NAIVE_HVP,
            reducer=reductions.NAIVE_HVP,
            probes=_naive_hvp_probes,
        ),
        "hvp.hvp": Task(
            cases.hvp_cases,
            mistakes.HVP,
            right=right.HVP,
            near_misses=right.ALMOST_HVP,
            reducer=reductions.HVP,
            probes=_hvp_probes,
            cost=COST,
        ),
        "hvp.timing": Task(
            timing.cases,
            experiments.MISTAKES,
            right=experiments.RIGHT,
            near_misses=experiments.NEAR_MISSES,
            scripted=tuple(scripts.PERFORMANCES),
            unfit=timing.unfit,
            remarks=timing.remarks,
        ),
        "hvp.plot": Task(
            plotting.cases,
            drawings.MISTAKES,
            right=drawings.RIGHT,
            near_misses=drawings.NEAR_MISSES,
            unfit=plotting.unfit,
        ),
    }


# --------------------------------------------------------------------------- probes


def _naive_hvp_probes(context: Context) -> Sequence[Probe]:
    """Properties of the product with a matrix."""
    rng = generator(0)
    matrix, vector = cases.symmetric_pair(rng, 3)
    other, other_vector = cases.symmetric_pair(rng, 3)

    def call(h: Vector, v: Vector) -> Call:
        return Call(context.item.id, (h, v), jit=True)

    once = call(matrix, vector)
    return (
        Probe(
            (once, call(matrix, other_vector)),
            _differ,
            tr("The result does not depend on the vector."),
        ),
        Probe(
            (once, call(other, vector)), _differ, tr("The result does not depend on the Hessian.")
        ),
        Probe(
            (once, call(matrix, 2 * vector)),
            _doubled,
            tr(
                "The result is not linear in the vector: twice the vector does not give twice the "
                "result."
            ),
        ),
        Probe(
            (once, call(2 * matrix, vector)),
            _doubled,
            tr(
                "The result is not linear in the Hessian: twice the Hessian does not give twice "
                "the result."
            ),
        ),
    )


def _hvp_probes(context: Context) -> Sequence[Probe]:
    """Properties of the product with a function's Hessian."""
    rng = generator(0)
    f, other = (functions.random_composition(rng, 3) for _ in range(2))
    x, y, v, w = (normal(rng, 3) for _ in range(4))

    def call(body: Any, point: Vector, vector: Vector) -> Call:
        return Call(context.item.id, (Function(body), point, vector), jit=True)

    once = call(f, x, v)
    return (
        Probe((once, call(f, x, w)), _differ, tr("The result does not depend on v.")),
        Probe((once, call(f, y, v)), _differ, tr("The result does not depend on x.")),
        Probe((once, call(other, x, v)), _differ, tr("The result does not depend on f.")),
        Probe(
            (once, call(f, x, 2 * v)),
            _doubled,
            tr("The result is not linear in v: 2 v does not give twice the result of v."),
        ),
        Probe(
            tuple(call(f, x, unit) for unit in np.eye(3)),
            _symmetric,
            tr(
                "The results for the unit vectors are not the columns of a symmetric matrix, and a "
                "Hessian is one."
            ),
        ),
    )


CLOSE = 1e-6
"""Relative error up to which a property holds: single precision is taken in its stride."""


def _arrays(replies: Sequence[Returned]) -> list[npt.NDArray[Any]] | None:
    """The results, if they are finite arrays of one shape."""
    arrays = [array_of(reply.value) for reply in replies]
    data = [array.data for array in arrays if array is not None and array.data.dtype.kind == "f"]
    if len(data) < len(replies) or len({d.shape for d in data}) > 1:
        return None
    return data if all(np.isfinite(d).all() for d in data) else None


def _property(test: Callable[[list[Any]], bool]) -> Callable[[Sequence[Returned]], bool]:
    """A property of arrays; results that are none do not break it."""

    def holds(replies: Sequence[Returned]) -> bool:
        data = _arrays(replies)
        return data is None or test(data)

    return holds


def _alike(left: Any, right: Any) -> bool:
    scale = max(float(np.max(np.abs(left))), float(np.max(np.abs(right))))
    return bool(np.max(np.abs(left - right)) <= CLOSE * scale)


_differ = _property(lambda data: not np.array_equal(data[0], data[1]))
_doubled = _property(lambda data: _alike(2 * data[0], data[1]))
_symmetric = _property(lambda data: data[0].ndim != 1 or _alike(np.stack(data), np.stack(data).T))


# --------------------------------------------------------------------------- cost

COST_SIZES = (500, 1000)
"""Two, so that a cost that grows with n shows."""


def gradient_operations(n: int) -> int:
    """Operations of one gradient of `functions.large`, as `adcheck.sandbox.cost` counts them."""
    return 19 * n + 18


def _cost_calls(context: Context) -> Sequence[Call]:
    calls = []
    for n in COST_SIZES:
        rng = generator(0)
        body, _ = functions.large(rng, n)
        calls.append(Call(context.item.id, (Function(body), normal(rng, n), normal(rng, n))))
    return calls


def _cost_told(costs: Sequence[float]) -> str:
    small, large = costs
    n, twice = COST_SIZES
    if large > 1.5 * small:
        return trn(
            "Your hvp costs {small} gradient, and {large} where n is twice as large (counted from "
            "the traced program for n = {n} and {twice}): it computes the whole Hessian, where "
            "about 3 gradients are enough.",
            "Your hvp costs {small} gradients, and {large} where n is twice as large (counted from "
            "the traced program for n = {n} and {twice}): it computes the whole Hessian, where "
            "about 3 gradients are enough.",
            round(small),
            small=f"{small:.0f}",
            large=f"{large:.0f}",
            n=n,
            twice=twice,
        )
    return trn(
        "Your hvp costs {cost} gradient, whatever n is (counted from the traced program for n = "
        "{n} and {twice}). In theory about 3 are always enough; a whole Hessian costs n.",
        "Your hvp costs {cost} gradients, whatever n is (counted from the traced program for n = "
        "{n} and {twice}). In theory about 3 are always enough; a whole Hessian costs n.",
        round(large, 1),
        cost=f"{large:.1f}",
        n=n,
        twice=twice,
    )


COST = Cost(_cost_calls, lambda context: [gradient_operations(n) for n in COST_SIZES], _cost_told)
"""Theory: a product takes 7 to 10 times as long as f at most, a gradient 3 to 4 times. Source:
Griewank and Walther, "Evaluating Derivatives", 2nd edition."""
