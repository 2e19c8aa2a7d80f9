"""The cases of each item of `hvp`: what is drawn, what is called, and what the answers are.

Every case calls the function at least twice on inputs of equal shape, so that an answer that was
cached or compiled for the first input is wrong on the second. Small and simple cases come first.

The answers come from `reference.second_order`, which needs no compiler; the JAX formulations of
`reference.hvp` agree with it, which ``adcheck validate`` measures, and give the spread that decides
how far an answer in single precision may be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import Judge, case_seed, generator, judge_all, normal, single_spread, texts
from adcheck.compare import array_of, compare
from adcheck.model import (
    Array,
    Call,
    Case,
    Comparison,
    Context,
    Function,
    Instance,
    Key,
    Kind,
    Returned,
    Value,
)
from reference import second_order as exact

from . import functions, mistakes, right
from .functions import Draw

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
tr = texts(__file__).tr
Sizes = tuple[int, ...]

SHAPES: tuple[Sizes, ...] = ((2, 3, 1), (2, 3, 3, 3), (2, 4, 3, 5, 1), (5, 8, 8, 3))
"""Layer sizes: two to four layers, square and not, the last layer's shape repeated (who knows that
layer by its shape or width leaves out an activation), odd and even, one or three outputs, 9 to 128
weights. A single layer is left out: its Hessian is zero."""

MATRIX_SIZES = (2, 7, 65)
"""Sizes of the matrices for `naive_hvp`; the last is above 64 and odd."""

SMALL = 5
"""Up to so many entries every case makes three calls; a larger one makes two."""

LARGE = 200_000
"""Entries of x where no Hessian can fit: it would take 320 GB. One product takes milliseconds
there, so that n separate products could not end within the time limit either."""

KEPT = 64
"""Draws that are kept for the next submission, with their products. The large one takes 13 MB,
which are 2 x 4 vectors of 200000 doubles."""

LEAST_HESSIAN = 0.1
"""Largest entry of a Hessian worth looking at: not small beside the weights themselves."""

LARGEST_ROUNDING = 3e-6
"""Relative error of a Hessian in float32 above which parameters are drawn again. Of draws from
N(0, 1) the error is 1e-7 to 1e-6 in the median and up to 1e-3 (300 draws of each shape), which
would hide the exact GELU; one in two to seven is drawn again."""

LEAST_PRODUCT = 0.01
"""Largest entry of a product, beside what it were if no two terms cancelled: a product that almost
vanishes has no digits left in single precision."""

CURVED = (2, 4, 3, 5, 1)
LEAST_QUOTIENT = 3e-8
"""Relative error that the best of the usual difference quotients has to make on one of the shapes.
It makes 3e-9 to 9e-7 there, 2e-8 in the median (200 draws); on the small shapes it is too good to
be seen."""

LEAST_GELU = 2e-3
"""Relative difference that the exact GELU, the mildest of the wrong activations, has to make. It
makes 6e-5 to 9e-2 (the same draws); with both bounds it is never below 40 tolerances of float32."""


# --------------------------------------------------------------------------- get_params


def get_params_cases(context: Context) -> Sequence[Case]:
    """Models of every shape, with weights that are drawn."""
    return [_get_params_case(context, index, sizes) for index, sizes in enumerate(SHAPES)]


def _get_params_case(context: Context, index: int, sizes: Sizes) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    return get_params_case(context, index, seed, sizes, [weights_of(rng, sizes) for _ in range(2)])


def get_params_case(
    context: Context, index: int, seed: int, sizes: Sizes, weights: Sequence[list[Vector]]
) -> Case:
    """One call for each model's weights."""
    calls = [
        Call(context.item.id, (_model(seed + i, sizes, w),), jit=True)
        for i, w in enumerate(weights)
    ]
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple(
            {"layer_sizes": list(sizes), "weights": [np.round(m, 3) for m in w]} for w in weights
        ),
        calls=tuple(calls),
        judge=lambda replies: _judge_params(weights, replies),
        data={"sizes": sizes, "weights": weights},
        expected=lambda: [_flat(w) for w in weights],
    )


def _flat(weights: Sequence[Vector]) -> Vector:
    return np.concatenate([w.ravel() for w in weights])


def _judge_params(weights: Sequence[list[Vector]], replies: Sequence[Returned]) -> Comparison:
    for index, (drawn, reply) in enumerate(zip(weights, replies, strict=False)):
        held = _observed_weights(drawn, reply) if "weights" in reply.observed else drawn
        if held is None:
            message = tr(
                "The model's weights are not drawn from N(0, 1) as the given class draws them."
            )
            return Comparison(Kind.PROPERTY, message)
        expected = _flat(held)
        comparison = compare(expected, reply.value)
        if not comparison.ok:
            told = _permuted(expected, reply.value) or comparison
            return replace(told, call=index, relative=comparison.relative)
    return Comparison(Kind.EQUAL)


def _observed_weights(drawn: list[Vector], reply: Returned) -> list[Vector] | None:
    """The weights that a model kept instead of those given; None where they are no honest draw."""
    value = reply.observed["weights"]
    arrays = [array_of(item) for item in value] if isinstance(value, tuple) else []
    held = [array.data.astype(np.float64) for array in arrays if isinstance(array, Array)]
    if [w.shape for w in held] != [w.shape for w in drawn]:
        return None
    entries = _flat(held)
    honest = 0.3 < float(np.std(entries)) < 3.0 and len(np.unique(entries)) == len(entries)
    return held if honest else None


def _permuted(expected: Vector, value: Value) -> Comparison | None:
    """Tells a flat vector of the right numbers in another order from a wrong one."""
    order = _order(expected, value)
    if order is None:
        return None
    array = array_of(value)
    assert array is not None
    first = int(np.argmax(array.data != expected))
    return Comparison(
        Kind.VALUE,
        tr(
            "The right numbers are there in another order: layers go first to last, each in C "
            "order (row by row); the first difference is at {where}.",
            where=f"[{first}]",
        ),
        f"{expected[first]:.6g}",
        f"{array.data[first]:.6g}",
        f"[{first}]",
        np.inf,
    )


def _order(expected: Vector, value: Value) -> npt.NDArray[np.int64] | None:
    """The permutation p with ``value == expected[p]``; None where there is none."""
    array = array_of(value)
    if array is None or array.data.shape != expected.shape or array.data.dtype.kind != "f":
        return None
    position = {number: index for index, number in enumerate(expected.tolist())}
    found = [position.get(number) for number in array.data.astype(np.float64).tolist()]
    if None in found or len(set(found)) != len(expected):
        return None
    return np.array(found, np.int64)


# --------------------------------------------------------------------------- calculate_hessian


def hessian_cases(context: Context) -> Sequence[Case]:
    """Networks of every shape, with parameters that are not the model's own."""
    return [_hessian_case(context, index, sizes) for index, sizes in enumerate(SHAPES)]


def _hessian_case(context: Context, index: int, sizes: Sizes) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    weights, params, answers = _hessian_draws(seed, sizes)
    return hessian_case(context, index, seed, sizes, weights, params, answers)


Answers = tuple[Sequence[Vector], Judge]
"""What is expected of each call, and the judge who knows it."""


@lru_cache(maxsize=KEPT)
def _hessian_draws(
    seed: int, sizes: Sizes
) -> tuple[Sequence[list[Vector]], Sequence[Vector], Answers]:
    """Models' own weights, parameters and answers; a course asks for the same ones again."""
    rng = generator(seed)
    weights = [weights_of(rng, sizes) for _ in range(2)]
    params = [_discriminating_params(rng, sizes) for _ in range(2)]
    return weights, params, _hessian_answers(params, sizes)


def _hessian_answers(params: Sequence[Vector], sizes: Sizes) -> Answers:
    hessians = [exact.network_hessian(p, sizes) for p in params]
    return hessians, judge_all(hessians, [partial(_hessian_spread, p, sizes) for p in params])


def hessian_case(
    context: Context,
    index: int,
    seed: int,
    sizes: Sizes,
    weights: Sequence[list[Vector]],
    params: Sequence[Vector],
    answers: Answers | None = None,
) -> Case:
    """One call for each pair of a model's own weights and parameters."""
    hessians, judge = answers or _hessian_answers(params, sizes)
    calls = [
        Call(
            context.item.id,
            (_model(seed + i, sizes, w), p),
            jit=True,
            stand_ins={id_: _flat(w) for id_ in context.replaced},
        )
        for i, (w, p) in enumerate(zip(weights, params, strict=True))
    ]
    order = _students_order(context, sizes)

    def judge_in_either_order(replies: Sequence[Returned]) -> Comparison:
        comparison = judge(replies)
        if comparison.ok or order is None:
            return comparison
        # params[i] stands where the student's own order puts weight order[i]
        inverse = np.argsort(order)
        permuted = [exact.network_hessian(p[inverse], sizes)[np.ix_(order, order)] for p in params]
        return judge_all(permuted)(replies)

    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple({"layer_sizes": list(sizes), "params": np.round(p, 3)} for p in params),
        calls=tuple(calls),
        judge=judge if order is None else judge_in_either_order,
        data={"sizes": sizes, "weights": weights, "params": params, "hessians": hessians},
        expected=lambda: hessians,
    )


def _students_order(context: Context, sizes: Sizes) -> npt.NDArray[np.int64] | None:
    """The order of the student's own `get_params`, where it is a consistent one but not C order.

    Such an answer has lost the points of `get_params`; its Hessian is judged in its own order.
    """
    for outcome in context.earlier.get("hvp.get_params", ()):
        if outcome.ok or outcome.case.data["sizes"] != sizes:
            continue
        for drawn, reply in zip(outcome.case.data["weights"], outcome.replies, strict=False):
            if isinstance(reply, Returned):
                return _order(_flat(drawn), reply.value)
    return None


def _discriminating_params(rng: np.random.Generator, sizes: Sizes) -> Vector:
    """Parameters whose Hessian tells every mistake, in single precision too."""
    n = sum(rows * columns for rows, columns in pairwise(sizes))
    while True:
        params = normal(rng, n)
        hessian = exact.network_hessian(params, sizes)
        largest = float(np.max(np.abs(hessian)))
        if largest < LEAST_HESSIAN:
            continue
        rounded = exact.network_hessian(params.astype(np.float32), sizes)
        if np.max(np.abs(rounded - hessian)) > LARGEST_ROUNDING * largest:
            continue
        mildest = exact.network_hessian(params, sizes, mistakes.exact_gelu)
        if np.max(np.abs(mildest - hessian)) < LEAST_GELU * largest:
            continue
        if sizes != CURVED:
            return params
        quotient = mistakes.difference_quotient(params, sizes, mistakes.CENTRAL_STEPS[-1], True)
        if np.max(np.abs(quotient - hessian)) > LEAST_QUOTIENT * largest:
            return params


def _hessian_spread(params: Vector, sizes: Sizes) -> float:
    single = params.astype(np.float32)
    computed = [partial(right.hessian, single, sizes, name) for name in right.NAMES]
    return single_spread(exact.network_hessian(params, sizes), computed)


# --------------------------------------------------------------------------- naive_hvp


def naive_hvp_cases(context: Context) -> Sequence[Case]:
    """Symmetric matrices and vectors."""
    return [_naive_hvp_case(context, index, n) for index, n in enumerate(MATRIX_SIZES)]


def _naive_hvp_case(context: Context, index: int, n: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    return naive_hvp_case(context, index, seed, [symmetric_pair(rng, n) for _ in range(2)])


def naive_hvp_case(
    context: Context, index: int, seed: int, pairs: Sequence[tuple[Vector, Vector]]
) -> Case:
    """One call for each pair of a symmetric matrix and a vector."""
    products = [matrix @ vector for matrix, vector in pairs]
    spreads = [partial(_naive_spread, *pair) for pair in pairs]
    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple({"hessian": np.round(h, 3), "vector": np.round(v, 3)} for h, v in pairs),
        calls=tuple(Call(context.item.id, pair, jit=True) for pair in pairs),
        judge=judge_all(products, spreads),
        data={"pairs": pairs},
        expected=lambda: products,
    )


def symmetric_pair(rng: np.random.Generator, n: int) -> tuple[Vector, Vector]:
    """A symmetric matrix and a vector whose product shows in single precision too.

    The entries of the product are sums that may cancel; a vector for which they all do is drawn
    again.
    """
    while True:
        upper = np.triu(normal(rng, n, n))
        matrix, vector = upper + np.triu(upper, 1).T, normal(rng, n)
        if np.max(np.abs(matrix @ vector)) > 0.1 * np.max(np.abs(matrix) @ np.abs(vector)):
            return matrix, vector


def _naive_spread(matrix: Vector, vector: Vector) -> float:
    h, v = matrix.astype(np.float32), vector.astype(np.float32)
    return single_spread(
        matrix @ vector, [lambda: h @ v, lambda: v @ h, lambda: np.sum(h * v[None, :], axis=1)]
    )


# --------------------------------------------------------------------------- hvp


def hvp_cases(context: Context) -> Sequence[Case]:
    """Functions of growing size, and one for which no Hessian can fit."""
    large = len(functions.FAMILIES)
    small = [_hvp_case(context, "values", index) for index in range(large)]
    return [*small, _hvp_case(context, "no_hessian", large)]


def _hvp_case(context: Context, part: str, index: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    return hvp_case(context, part, index, seed, _draws(seed, index))


@lru_cache(maxsize=KEPT)
def _hvp_judge(draws: tuple[Draw, ...]) -> Judge:
    return judge_all([d.product for d in draws], [partial(_hvp_spread, d) for d in draws])


def hvp_case(context: Context, part: str, index: int, seed: int, draws: Sequence[Draw]) -> Case:
    """One call for each draw."""
    return Case(
        part=part,
        index=index,
        seed=seed,
        inputs=tuple(map(_shown, draws)),
        calls=tuple(
            Call(context.item.id, (Function(d.f, _identity(index, d, draws)), d.x, d.v), jit=True)
            for d in draws
        ),
        judge=_hvp_judge(tuple(draws)),
        data={"draws": draws},
        expected=lambda: [draw.product for draw in draws],
    )


def _identity(index: int, draw: Draw, draws: Sequence[Draw]) -> str:
    """The same for each call of the case that is made with the same function."""
    first = next(place for place, other in enumerate(draws) if other.f is draw.f)
    return f"{index}.{first}"


def _shown(draw: Draw) -> dict[str, Any]:
    """A draw as a person reads it: of long vectors the beginning, and how long they are."""
    x, v = draw.x, draw.v
    shown = {"f": functions.text(draw.f), "x": np.round(x[:12], 3), "v": np.round(v[:12], 3)}
    return shown | ({"n": x.size} if x.size > 12 else {})


@lru_cache(maxsize=KEPT)
def _draws(seed: int, index: int) -> tuple[Draw, ...]:
    """A function twice, with other points and vectors, and another function of the same size.

    Who compiled or cached for the first v, or for the first f, is wrong from the second call on.
    Larger ones take turns, since each call costs a compilation. Kept, since a course asks for the
    same ones again.
    """
    families = (*functions.FAMILIES, functions.Family(LARGE, functions.large))
    family, rng = families[index], generator(seed)
    f, other = family.draw(rng), family.draw(rng)
    taken = [f, f, other] if family.n <= SMALL else [f, f] if index % 2 else [f, other]
    return tuple(_draw(rng, family.n, *each) for each in taken)


def _draw(rng: np.random.Generator, n: int, f: Any, known: functions.Product | None) -> Draw:
    """A point and a vector at which the product is not small beside the Hessian."""
    while True:
        draw = Draw(f, normal(rng, n), normal(rng, n), known)
        if not draw.dense:
            return draw
        bound = float(np.max(np.abs(draw.hessian) @ np.abs(draw.v)))
        if float(np.max(np.abs(draw.product))) > LEAST_PRODUCT * bound:
            return draw


def _hvp_spread(draw: Draw) -> float:
    single = draw.x.astype(np.float32), draw.v.astype(np.float32)
    computed = [partial(right.product, draw.f, *single, name) for name in right.NAMES]
    return single_spread(draw.product, computed)


# --------------------------------------------------------------------------- models


def weights_of(rng: np.random.Generator, sizes: Sizes) -> list[Vector]:
    """Drawn as the given network draws them."""
    return [normal(rng, rows, columns) for rows, columns in pairwise(sizes)]


def _model(key: int, sizes: Sizes, weights: Sequence[Vector]) -> Instance:
    attributes = MappingProxyType({"weights": tuple(weights)})
    return Instance("MLP", (Key(key), tuple(sizes)), attributes)
