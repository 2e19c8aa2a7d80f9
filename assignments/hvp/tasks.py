"""How the assignment `hvp` is graded: the cases of each item and what their answers are.

Every case calls the function at least twice on inputs of equal shape, so that an answer that was
cached or compiled for the first input is wrong on the second. Small and simple cases come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from adcheck.authoring import case_seed, evaluate, generator, judge_all, normal, single_spread
from adcheck.compare import array_of, compare
from adcheck.model import (
    Array,
    Call,
    Case,
    Comparison,
    Context,
    Expression,
    Function,
    Instance,
    Key,
    Kind,
    Returned,
    Task,
    Value,
)
from adcheck.sandbox.codec import callable_of
from reference import hvp as reference

from . import functions, mistakes

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
Sizes = tuple[int, ...]

SHAPES: tuple[Sizes, ...] = ((2, 3, 1), (3, 3, 3, 2), (2, 4, 3, 5, 1), (5, 8, 8, 3))
"""Layer sizes: two to four layers, square and not, one layer's shape repeated, odd and even, one
to three outputs, 9 to 128 weights. A single layer is left out: its Hessian is zero."""

MATRIX_SIZES = (2, 7, 65)
"""Sizes of the matrices for `naive_hvp`; the last is above 64 and odd."""

SMALL = 5
"""Up to so many entries every case makes three calls; a larger one makes two."""

LARGE = 200_000
"""Entries of x where no Hessian can fit: it would take 320 GB. One product takes milliseconds
there, so that n separate products could not end within the time limit either."""

KEPT = 64
"""Draws and products that are kept for the next submission: the seven cases of nine seeds. The
large one takes 13 MB, which are 2 x 4 vectors of 200000 doubles."""


def tasks() -> Mapping[str, Task]:
    """How each automatically graded item is graded, by item id."""
    return {
        "hvp.get_params": Task(_get_params_cases, mistakes.GET_PARAMS),
        "hvp.hessian": Task(_hessian_cases, mistakes.HESSIAN, follows=("hvp.get_params",)),
        "hvp.naive_hvp": Task(_naive_hvp_cases, mistakes.NAIVE_HVP),
        "hvp.hvp": Task(_hvp_cases, mistakes.HVP),
    }


# --------------------------------------------------------------------------- get_params


def _get_params_cases(context: Context) -> Sequence[Case]:
    return [_get_params_case(context, index, sizes) for index, sizes in enumerate(SHAPES)]


def _get_params_case(context: Context, index: int, sizes: Sizes) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    weights = [_weights(rng, sizes) for _ in range(2)]
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
    )


def _judge_params(weights: Sequence[list[Vector]], replies: Sequence[Returned]) -> Comparison:
    for index, (drawn, reply) in enumerate(zip(weights, replies, strict=False)):
        held = _observed_weights(drawn, reply) if "weights" in reply.observed else drawn
        if held is None:
            message = (
                "The model's weights are not drawn from N(0, 1) as the given class draws them."
            )
            return Comparison(Kind.PROPERTY, message)
        expected = np.concatenate([w.ravel() for w in held])
        comparison = compare(expected, reply.value)
        if not comparison.ok:
            return replace(_permuted(expected, reply.value) or comparison, call=index)
    return Comparison(Kind.EQUAL)


def _observed_weights(drawn: list[Vector], reply: Returned) -> list[Vector] | None:
    """The weights that a model kept instead of those given; None where they are no honest draw."""
    value = reply.observed["weights"]
    arrays = [array_of(item) for item in value] if isinstance(value, tuple) else []
    held = [array.data.astype(np.float64) for array in arrays if isinstance(array, Array)]
    if [w.shape for w in held] != [w.shape for w in drawn]:
        return None
    entries = np.concatenate([w.ravel() for w in held])
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
        "The right numbers are there in another order: layers go first to last, each in C order "
        f"(row by row); the first difference is at [{first}].",
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


def _hessian_cases(context: Context) -> Sequence[Case]:
    return [_hessian_case(context, index, sizes) for index, sizes in enumerate(SHAPES)]


def _hessian_case(context: Context, index: int, sizes: Sizes) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    weights = [_weights(rng, sizes) for _ in range(2)]
    params = [_discriminating_params(rng, sizes) for _ in range(2)]
    calls = [
        Call(
            context.item.id,
            (_model(seed + i, sizes, w), p),
            jit=True,
            stand_ins={id_: np.concatenate([m.ravel() for m in w]) for id_ in context.replaced},
        )
        for i, (w, p) in enumerate(zip(weights, params, strict=True))
    ]
    expected = cache(lambda: [_hessian(p, sizes) for p in params])
    judge = judge_all(expected, lambda: [_hessian_spread(p, sizes) for p in params])
    order = _students_order(context, sizes)

    def judge_in_either_order(replies: Sequence[Returned]) -> Comparison:
        comparison = judge(replies)
        if comparison.ok or order is None:
            return comparison
        # params[i] stands where the student's own order puts weight order[i]
        inverse = np.argsort(order)
        permuted = [_hessian(p[inverse], sizes)[np.ix_(order, order)] for p in params]
        return judge_all(lambda: permuted)(replies)

    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple({"layer_sizes": list(sizes), "params": np.round(p, 3)} for p in params),
        calls=tuple(calls),
        judge=judge if order is None else judge_in_either_order,
        data={"sizes": sizes, "weights": weights, "params": params},
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
                expected = np.concatenate([w.ravel() for w in drawn])
                return _order(expected, reply.value)
    return None


def _discriminating_params(rng: np.random.Generator, sizes: Sizes) -> Vector:
    """Parameters whose Hessian is worth looking at: not small beside the weights themselves."""
    n = sum(rows * columns for rows, columns in pairwise(sizes))
    while True:
        params = normal(rng, n)
        if np.max(np.abs(_hessian(params, sizes))) > 0.1:
            return params


@cache
def _formulation(name: str, sizes: Sizes) -> Callable[[Any], Any]:
    """One and the same function object each time, so that JAX compiles it once per shape."""
    return lambda p: reference.HESSIANS[name](p, sizes)


def _hessian(params: AnyArray, sizes: Sizes, name: str = "forward-over-reverse") -> AnyArray:
    """The Hessian by one formulation of the reference, in the precision of `params`."""
    return evaluate(_formulation(name, sizes), params)


def _hessian_spread(params: Vector, sizes: Sizes) -> float:
    single = params.astype(np.float32)
    computed = [partial(_hessian, single, sizes, name) for name in reference.HESSIANS]
    return single_spread(_hessian(params, sizes), computed)


# --------------------------------------------------------------------------- naive_hvp


def _naive_hvp_cases(context: Context) -> Sequence[Case]:
    return [_naive_hvp_case(context, index, n) for index, n in enumerate(MATRIX_SIZES)]


def _naive_hvp_case(context: Context, index: int, n: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    pairs = [(_symmetric(rng, n), normal(rng, n)) for _ in range(2)]
    expected = [matrix @ vector for matrix, vector in pairs]

    def spreads() -> list[float]:
        return [_naive_spread(*pair, wanted) for pair, wanted in zip(pairs, expected, strict=True)]

    return Case(
        part="values",
        index=index,
        seed=seed,
        inputs=tuple({"hessian": np.round(h, 3), "vector": np.round(v, 3)} for h, v in pairs),
        calls=tuple(Call(context.item.id, pair, jit=True) for pair in pairs),
        judge=judge_all(lambda: expected, spreads),
        data={"pairs": pairs},
    )


def _symmetric(rng: np.random.Generator, n: int) -> Vector:
    upper = np.triu(normal(rng, n, n))
    return upper + np.triu(upper, 1).T


def _naive_spread(matrix: Vector, vector: Vector, expected: Vector) -> float:
    h, v = matrix.astype(np.float32), vector.astype(np.float32)
    return single_spread(
        expected, [lambda: h @ v, lambda: v @ h, lambda: np.sum(h * v[None, :], axis=1)]
    )


# --------------------------------------------------------------------------- hvp


def _hvp_cases(context: Context) -> Sequence[Case]:
    large = len(functions.FAMILIES)
    small = [_hvp_case(context, "values", index) for index in range(large)]
    return [*small, _hvp_case(context, "no_hessian", large)]


def _hvp_case(context: Context, part: str, index: int) -> Case:
    seed = case_seed(context.seed, context.item.id, index)
    draws = _draws(seed, index)
    return Case(
        part=part,
        index=index,
        seed=seed,
        inputs=tuple(_shown(*draw) for draw in draws),
        calls=tuple(
            Call(context.item.id, (Function(f, _identity(index, f, draws)), x, v), jit=True)
            for f, x, v in draws
        ),
        judge=judge_all(
            partial(_products, seed, index), lambda: [_hvp_spread(*draw) for draw in draws]
        ),
        data={"draws": draws},
    )


def _identity(index: int, f: Expression, draws: Sequence[tuple[Expression, Any, Any]]) -> str:
    """The same for each call of the case that is made with the same function."""
    first = next(place for place, (other, _, _) in enumerate(draws) if other is f)
    return f"{index}.{first}"


def _shown(f: Expression, x: Vector, v: Vector) -> dict[str, Any]:
    """A draw as a person reads it: of long vectors the beginning, and how long they are."""
    shown = {"f": functions.text(f), "x": np.round(x[:12], 3), "v": np.round(v[:12], 3)}
    return shown | ({"n": x.size} if x.size > 12 else {})


@lru_cache(maxsize=KEPT)
def _draws(seed: int, index: int) -> tuple[tuple[Expression, Vector, Vector], ...]:
    """A function twice, with other points and vectors, and another function of the same size.

    Who compiled or cached for the first v, or for the first f, is wrong from the second call on.
    Larger ones take turns, since each call costs a compilation.
    """
    families = (*functions.FAMILIES, functions.Family(LARGE, functions.large))
    family, rng = families[index], generator(seed)
    f, other = family.draw(rng), family.draw(rng)
    taken = [f, f, other] if family.n <= SMALL else [f, f] if index % 2 else [f, other]
    return tuple((f, normal(rng, family.n), normal(rng, family.n)) for f in taken)


@lru_cache(maxsize=KEPT)
def _products(seed: int, index: int) -> Sequence[AnyArray]:
    """The right products; kept, since each costs a compilation and a course asks for it again."""
    return [_product(*draw) for draw in _draws(seed, index)]


def _product(
    f: Expression, x: AnyArray, v: AnyArray, name: str = "forward-over-reverse"
) -> AnyArray:
    """The product by one formulation of the reference, in the precision of `x`."""
    function = callable_of(Function(f), jnp)
    return evaluate(lambda a, b: reference.HVPS[name](function, a, b), x, v)


def _hvp_spread(f: Expression, x: Vector, v: Vector) -> float:
    single = x.astype(np.float32), v.astype(np.float32)
    computed = [partial(_product, f, *single, name) for name in reference.HVPS]
    return single_spread(_product(f, x, v), computed)


# --------------------------------------------------------------------------- models


def _weights(rng: np.random.Generator, sizes: Sizes) -> list[Vector]:
    return [normal(rng, rows, columns) for rows, columns in pairwise(sizes)]


def _model(key: int, sizes: Sizes, weights: Sequence[Vector]) -> Instance:
    attributes = MappingProxyType({"weights": tuple(weights)})
    return Instance("MLP", (Key(key), tuple(sizes)), attributes)
