"""How `@SLUG@` is graded: what is called, what is right, and which wrong answers are known.

`tasks`, at the end, puts together what stands above it; ``adcheck validate`` measures the lot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import case_seed, evaluate, generator, judge_all, normal, single_spread
from adcheck.model import Call, Case, Context, Mistake, Reducer, Task, Variant

AnyArray = npt.NDArray[Any]
Point = tuple[AnyArray, AnyArray, AnyArray]
"""The arguments of one call: a of shape (m, n), b of shape (m,), x of shape (n,)."""

# --------------------------------------------------------------------------- the right answer


def gradient(a: AnyArray, b: AnyArray, x: AnyArray) -> AnyArray:
    """On paper and in NumPy: it shares no code with `reference`, which has to agree with it."""
    return np.asarray(softmax(a @ x + b) @ a)


def softmax(z: AnyArray) -> AnyArray:
    """The weights exp(z_i) / sum_j exp(z_j): shape (m,)."""
    weights = np.exp(z - np.max(z))
    return np.asarray(weights / np.sum(weights))


# --------------------------------------------------------------------------- cases

SIZES = ((2, 3), (6, 2), (40, 7))
"""Shapes (m, n) of a: small ones first, wide and tall, an odd number of columns."""

SHIFT = 1000.0
"""Added to b in the last case: exp(1000) is no finite number."""


def cases(context: Context) -> Sequence[Case]:
    """A case for each shape, and one where numbers are large."""
    small = [_case(context, "values", index, *size) for index, size in enumerate(SIZES)]
    return [*small, _case(context, "large", len(SIZES), 3, 2)]


def _case(context: Context, part: str, index: int, m: int, n: int) -> Case:
    """Two calls on inputs of equal shape: what is kept from the first is wrong on the second."""
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    shift = SHIFT if part == "large" else 0.0
    return case_at(context, part, index, seed, [_draw(rng, m, n, shift) for _ in range(2)])


def _draw(rng: np.random.Generator, m: int, n: int, shift: float) -> Point:
    """A point at which b matters, and where the terms of the gradient do not cancel."""
    while True:
        a, b, x = normal(rng, m, n), exact(normal(rng, m) + shift), normal(rng, n)
        right, without = gradient(a, b, x), gradient(a, 0 * b, x)
        largest = np.max(np.abs(right))
        if largest > 0.1 and np.max(np.abs(right - without)) > 0.01 * largest:
            return a, b, x


def exact(entries: AnyArray) -> AnyArray:
    """Rounded, so that code in single precision starts from the very same numbers."""
    return entries.astype(np.float32).astype(np.float64)


def case_at(context: Context, part: str, index: int, seed: int, points: Sequence[Point]) -> Case:
    """The case that calls the function at given points."""
    expected = [gradient(*point) for point in points]
    return Case(
        part=part,
        index=index,
        seed=seed,
        inputs=tuple({"a": a.round(3), "b": b.round(3), "x": x.round(3)} for a, b, x in points),
        calls=tuple(Call(context.item.id, point, jit=True) for point in points),
        judge=judge_all(expected, [partial(_spread, point) for point in points]),
        data={"points": points},
        expected=lambda: expected,
    )


def _spread(point: Point) -> float:
    """What rounding does to this point in single precision: it sets the tolerance there."""
    computed = [partial(_formulated, name, point, "f4") for name in NAMES]
    return single_spread(gradient(*point), computed)


# --------------------------------------------------------------------------- right formulations

NAMES = ("reverse mode", "forward mode", "by hand")


def _formulated(name: str, point: Point, dtype: str) -> AnyArray:
    from . import reference  # imports JAX, which grading a right submission can do without

    return evaluate(reference.FORMULATIONS[name], *(part.astype(dtype) for part in point))


def _right(name: str, dtype: str) -> Variant:
    return lambda case: [_formulated(name, point, dtype) for point in case.data["points"]]


RIGHT: Mapping[str, Variant] = {
    **{name: _right(name, "f8") for name in NAMES},
    **{f"{name}, float32": _right(name, "f4") for name in NAMES},
}

# --------------------------------------------------------------------------- wrong answers


def _at_points(answer: Callable[[AnyArray, AnyArray, AnyArray], AnyArray]) -> Variant:
    """What a wrong formula gives on a case: one answer for each call."""
    return lambda case: [np.asarray(answer(*point)) for point in case.data["points"]]


def _overflowing(a: AnyArray, b: AnyArray, x: AnyArray) -> AnyArray:
    weights = np.exp(a @ x + b)
    return np.asarray(weights @ a / np.sum(weights))


def _first_kept(case: Case) -> Sequence[AnyArray]:
    points = case.data["points"]
    return [gradient(*points[0]) for _ in points]


MISTAKES = (
    Mistake(
        "inner-derivative-missing",
        "This is the softmax: the derivative with respect to a x + b, not to x.",
        "Which shape does the gradient have, and which rule brings it from m numbers to n?",
        _at_points(lambda a, b, x: softmax(a @ x + b)),
    ),
    Mistake(
        "offset-ignored",
        "b is left out.",
        "Try your function on two different vectors b.",
        _at_points(lambda a, b, x: gradient(a, 0 * b, x)),
    ),
)

NEAR_MISSES: Mapping[str, Variant] = {
    "exponentials that overflow": _at_points(_overflowing),
    "the first answer kept": _first_kept,
    "rounded to five digits": _at_points(lambda a, b, x: gradient(a, b, x).round(5)),
}

# --------------------------------------------------------------------------- smaller inputs


def _smaller_points(context: Context, case: Case) -> Iterator[Mapping[str, Any]]:
    shift = SHIFT if case.part == "large" else 0.0
    for m, n in ((1, 1), (2, 1), (1, 2), (2, 2)):
        a = np.arange(1.0, m * n + 1).reshape(m, n)
        yield {"part": case.part, "a": a, "b": np.arange(m) + shift, "x": np.ones(n)}


def _smaller_case(context: Context, point: Mapping[str, Any]) -> Case | None:
    a, b, x = (np.asarray(point[name]) for name in ("a", "b", "x"))
    if not np.any(gradient(a, b, x)):
        return None  # zero is no answer that proves anything
    return case_at(context, point["part"], 0, 0, [(a, b, x)])


# --------------------------------------------------------------------------- all of it


def tasks() -> Mapping[str, Task]:
    """How each automatically graded item is graded, by item id."""
    return {
        "@SLUG@.gradient": Task(
            cases,
            MISTAKES,
            right=RIGHT,
            near_misses=NEAR_MISSES,
            reducer=Reducer(_smaller_points, _smaller_case, ("a", "b", "x")),
        ),
    }
