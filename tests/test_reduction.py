"""`adcheck.reduction`: the smallest case that fails, and no smaller one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from adcheck.model import (
    Case,
    Comparison,
    Context,
    Graded,
    Item,
    Kind,
    Outcome,
    Raised,
    Reducer,
)
from adcheck.reduction import SIMPLE, TRIES, reduced

CONTEXT = Context(Item("sums.add", "", "", "", 1.0, Graded.AUTO), 0)
Point = Mapping[str, Any]


def case(numbers: Any) -> Case:
    return Case("values", 0, 0, ({},), (), lambda _: EQUAL, {"numbers": np.asarray(numbers)})


EQUAL, UNEQUAL = Comparison(Kind.EQUAL), Comparison(Kind.VALUE, "wrong")
FAILING = Case("values", 3, 42, ({},), (), lambda _: UNEQUAL, {"numbers": np.arange(1.5, 9)})


def points(context: Context, failing: Case) -> Iterator[Point]:
    for n in range(1, failing.data["numbers"].size):
        yield {"numbers": np.arange(1.0, n + 1)}


def built(context: Context, point: Point) -> Case | None:
    return case(point["numbers"])


REDUCER = Reducer(points, built, ("numbers",))


def runs(fails: Callable[[Any], bool], seen: list[Any] | None = None) -> Callable[[Case], Outcome]:
    """A function that is wrong on some inputs."""

    def run(tried: Case) -> Outcome:
        numbers = tried.data["numbers"]
        if seen is not None:
            seen.append(numbers)
        return Outcome(tried, (), UNEQUAL if fails(numbers) else EQUAL)

    return run


def smallest(fails: Callable[[Any], bool], **more: Any) -> Any:
    found = reduced(Outcome(FAILING, (), UNEQUAL), REDUCER, CONTEXT, runs(fails), **more)
    return None if found is None else found.case.data["numbers"].tolist()


@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        (lambda z: True, [0.0]),
        (lambda z: z.size >= 3, [0.0, 0.0, 0.0]),
        (lambda z: z.sum() != 0, [1.0]),
        (lambda z: np.any(z >= 2), [0.0, 2.0]),
        (lambda z: len(set(z.tolist())) > 1, [0.0, 1.0]),
    ],
    ids=["anything", "size", "not-zero", "large-entry", "entries-differ"],
)
def test_fewest_entries_first_and_then_the_simplest(
    fails: Callable[[Any], bool], expected: list[float]
) -> None:
    assert smallest(fails) == expected


@pytest.mark.parametrize("seed", range(10))
def test_no_further_reduction_of_the_kind_fails(seed: int) -> None:
    """For a random set of failing inputs: nothing smaller, and no simpler entry."""
    rng = np.random.default_rng(seed)
    wanted, least = rng.integers(1, 5), float(rng.choice([0.0, 1.0, 2.0]))

    def fails(z: Any) -> bool:
        return z.size >= wanted and float(np.max(z)) >= least

    found = smallest(fails, tries=10_000)
    assert fails(np.array(found)), f"seed {seed}"
    assert not any(fails(p["numbers"]) for p in points(CONTEXT, case(found))), f"seed {seed}"
    for place, entry in enumerate(found):
        for simpler in SIMPLE[: SIMPLE.index(entry) if entry in SIMPLE else None]:
            changed = [*found[:place], simpler, *found[place + 1 :]]
            assert not fails(np.array(changed)), f"seed {seed}: {found} -> {changed}"


def test_where_nothing_smaller_fails_the_case_stays() -> None:
    assert smallest(lambda z: z.size >= 8) is None


def test_another_way_of_failing_is_another_case() -> None:
    raised = (Raised("ValueError", "no"),)
    run = lambda tried: Outcome(tried, raised, None)  # noqa: E731
    assert reduced(Outcome(FAILING, (), UNEQUAL), REDUCER, CONTEXT, run) is None
    found = reduced(Outcome(FAILING, raised, None), REDUCER, CONTEXT, run)
    assert found is not None
    assert found.case.data["numbers"].tolist() == [0.0]


def test_inputs_that_prove_nothing_are_not_tried() -> None:
    seen: list[Any] = []
    reducer = Reducer(points, lambda c, p: case(p["numbers"]) if p["numbers"].any() else None,
                      ("numbers",))  # fmt: skip
    found = reduced(Outcome(FAILING, (), UNEQUAL), reducer, CONTEXT, runs(lambda z: True, seen))
    assert found is not None
    assert found.case.data["numbers"].tolist() == [1.0]
    assert all(z.any() for z in seen)


def test_the_number_of_tries_is_bounded() -> None:
    seen: list[Any] = []
    rare = runs(lambda z: bool(np.any(z > 2)), seen)
    reduced(Outcome(FAILING, (), UNEQUAL), REDUCER, CONTEXT, rare, tries=4)
    assert len(seen) == 4
    assert TRIES >= 20


def test_the_reduced_case_keeps_its_number_and_its_seed() -> None:
    found = reduced(Outcome(FAILING, (), UNEQUAL), REDUCER, CONTEXT, runs(lambda z: True))
    assert found is not None
    assert (found.case.index, found.case.seed) == (3, 42)
