"""The tasks of `hvp`: what is drawn, and what is right or wrong beside the known mistakes.

That every formulation passes and every known mistake fails by its name is measured by
``adcheck validate hvp``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from adcheck.assignment import load_assignment
from adcheck.model import (
    Answer,
    Array,
    Case,
    Comparison,
    Context,
    Function,
    Item,
    Kind,
    Outcome,
    Returned,
    Value,
)
from adcheck.sandbox import codec
from assignments.hvp import cases as drawn
from assignments.hvp import drawings, experiments, functions, mistakes, right, tasks
from assignments.hvp.functions import Draw
from reference import hvp as reference
from reference import second_order as exact

AnyArray = npt.NDArray[Any]

SEEDS = [pytest.param(seed, id=f"seed{seed}") for seed in (0, 1, 2026)]
ITEMS: dict[str, Item] = {item.id: item for item in load_assignment("hvp").items}
AUTOMATIC = ("hvp.get_params", "hvp.hessian", "hvp.naive_hvp", "hvp.hvp")


@cache
def cases(id_: str, seed: int) -> Sequence[Case]:
    return tasks.tasks()[id_].cases(Context(ITEMS[id_], seed))


def returned(value: Any, dtype: str | None = None) -> Returned:
    data = np.asarray(value)
    return Returned(Array(data, dtype or data.dtype.name), 0.0)


def judged(case: Case, answers: Sequence[Answer]) -> Comparison:
    return case.judge([returned(answer) for answer in answers])


def expected(case: Case) -> list[AnyArray]:
    assert case.expected is not None
    return [np.array(answer) for answer in case.expected()]


# --------------------------------------------------------------------------- right and wrong


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id_", AUTOMATIC)
def test_the_expected_answers_are_right(id_: str, seed: int) -> None:
    for case in cases(id_, seed):
        answers = expected(case)
        assert len(answers) == len(case.calls)
        assert all(answer.dtype == np.float64 for answer in answers)
        comparison = judged(case, answers)
        assert (comparison.ok, comparison.error) == (True, 0.0)


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_what_is_slightly_off_is_wrong(id_: str) -> None:
    for case in cases(id_, 0):
        wanted = expected(case)
        for number in range(len(wanted)):
            off = [answer.copy() for answer in wanted]
            off[number].flat[-1] += 1e-6 * np.max(np.abs(wanted[number]))
            comparison = judged(case, off)
            assert (comparison.kind, comparison.call) == (Kind.VALUE, number)
            assert comparison.error > 1000 or id_ == "hvp.get_params"


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_zeros_columns_and_the_first_answer_again_are_wrong(id_: str) -> None:
    for case in cases(id_, 0):
        wanted = expected(case)
        assert not judged(case, [np.zeros_like(answer) for answer in wanted]).ok
        assert not judged(case, [wanted[0]] * len(wanted)).ok, "a cached answer passes"
        assert judged(case, [answer[..., None] for answer in wanted]).kind is Kind.SHAPE


def test_single_precision_is_judged_by_the_spread_of_formulations() -> None:
    case = cases("hvp.hessian", 0)[-1]
    single = [right.hessian(p.astype("f4"), case.data["sizes"], right.NAMES[0])
              for p in case.data["params"]]  # fmt: skip
    assert judged(case, single).ok
    assert judged(case, [h.astype("f8") for h in single]).ok, "Python floats are widened"
    off = [h + 1e-3 * np.max(np.abs(h)) for h in single]
    assert judged(case, off).kind is Kind.VALUE


# --------------------------------------------------------------------------- the draws


def requests(case: Case) -> list[tuple[str, list[bytes]]]:
    """All that the calls of a case send."""
    sent = [codec.call_request(call) for call in case.calls]
    return [(repr(header), [array.tobytes() for array in arrays]) for header, arrays in sent]


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_cases_depend_on_the_seed_alone(id_: str) -> None:
    again = tasks.tasks()[id_].cases(Context(ITEMS[id_], 0))
    other = cases(id_, 1)
    for case, same, different in zip(cases(id_, 0), again, other, strict=True):
        assert requests(case) == requests(same)
        assert (case.seed, case.part, case.index) == (same.seed, same.part, same.index)
        assert requests(case) != requests(different)
        assert case.seed != different.seed


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_a_case_calls_again_with_equal_shapes_and_other_numbers(id_: str) -> None:
    parts = {part.id for part in ITEMS[id_].parts}
    assert {case.part for case in cases(id_, 0)} == parts
    assert [case.index for case in cases(id_, 0)] == list(range(len(cases(id_, 0))))
    for case in cases(id_, 0):
        assert len(case.calls) >= 2
        sent = [codec.call_request(call)[1] for call in case.calls]
        assert len({tuple(array.shape for array in arrays) for arrays in sent}) == 1
        last = [arrays[-1].tobytes() for arrays in sent]
        assert len(set(last)) == len(last)


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_arguments_are_exact_in_single_precision(id_: str) -> None:
    for case in cases(id_, 0):
        for call in case.calls:
            for argument in call.args:
                if isinstance(argument, np.ndarray):
                    assert np.array_equal(argument.astype("f4").astype("f8"), argument)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_matrix_of_naive_hvp_is_a_hessian_of_the_network(seed: int) -> None:
    sizes = {sum(a * b for a, b in pairwise(shape)) for shape in drawn.SHAPES}
    for case in cases("hvp.naive_hvp", seed):
        for matrix, vector in case.data["pairs"]:
            assert matrix.shape[0] not in sizes
            assert np.array_equal(matrix, matrix.T)
            # the output is linear in the last layer's weights: a true Hessian has zeros there
            assert np.all(matrix != 0)
            assert vector.shape == matrix.shape[:1]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_answer_is_small_beside_what_it_is_made_of(seed: int) -> None:
    """Such an answer would have no digits left in single precision."""
    for case in cases("hvp.hessian", seed):
        assert min(np.max(np.abs(h)) for h in case.data["hessians"]) >= drawn.LEAST_HESSIAN
    for case in cases("hvp.naive_hvp", seed):
        for matrix, vector in case.data["pairs"]:
            terms = np.max(np.abs(matrix) @ np.abs(vector))
            assert np.max(np.abs(matrix @ vector)) > drawn.LEAST_PRODUCT * terms
    for draw in (d for case in cases("hvp.hvp", seed)[:-1] for d in case.data["draws"]):
        terms = np.max(np.abs(draw.hessian) @ np.abs(draw.v))
        assert np.max(np.abs(draw.product)) > drawn.LEAST_PRODUCT * terms


@pytest.mark.parametrize("seed", SEEDS)
def test_parameters_tell_the_mildest_of_the_wrong_activations(seed: int) -> None:
    for case in cases("hvp.hessian", seed):
        for params, hessian in zip(case.data["params"], case.data["hessians"], strict=True):
            wrong = exact.network_hessian(params, case.data["sizes"], mistakes.exact_gelu)
            least = drawn.LEAST_GELU * np.max(np.abs(hessian))
            assert np.max(np.abs(wrong - hessian)) > least


@pytest.mark.parametrize("seed", SEEDS)
def test_parameters_are_not_the_weights_of_the_model(seed: int) -> None:
    for case in cases("hvp.hessian", seed):
        owns = [np.concatenate([w.ravel() for w in ws]) for ws in case.data["weights"]]
        points = [*owns, *case.data["params"]]
        assert len({point.tobytes() for point in points}) == len(points)


@pytest.mark.parametrize("index", range(len(functions.FAMILIES)))
def test_no_function_of_hvp_is_quadratic_or_separable(index: int) -> None:
    draw: Draw = cases("hvp.hvp", 0)[index].data["draws"][0]
    there = Draw(draw.f, draw.x + 0.1, draw.v)
    change = np.max(np.abs(draw.product - there.product))
    assert change > 1e-4 * np.max(np.abs(draw.product)), "no third derivative"
    assert np.count_nonzero(draw.hessian[0]) > 1, "separable"


def test_a_function_comes_again_with_another_vector_and_another_function_comes_too() -> None:
    """Small ones in one case; larger ones take turns, since each costs a compilation."""
    turns = set()
    for case in cases("hvp.hvp", 0):
        functions_passed = [call.args[0] for call in case.calls]
        identities = [f.identity for f in functions_passed if isinstance(f, Function)]
        same = [f.body is functions_passed[0].body for f in functions_passed]  # type: ignore[union-attr]
        assert [identity == identities[0] for identity in identities] == same
        if case.data["draws"][0].x.size <= drawn.SMALL:
            assert same == [True, True, False]
        else:
            turns.add(same[1])
    assert turns == {True, False}


def test_identities_belong_to_one_case() -> None:
    identities = [
        {call.args[0].identity for call in case.calls if isinstance(call.args[0], Function)}
        for case in cases("hvp.hvp", 0)
    ]
    assert len(set().union(*identities)) == sum(map(len, identities))


def test_the_large_function_leaves_no_room_for_a_hessian() -> None:
    large = cases("hvp.hvp", 0)[-1]
    assert large.part == "no_hessian"
    assert 100 * ITEMS["hvp.hvp"].limits.memory_bytes < 8 * drawn.LARGE**2
    for call in large.calls:
        assert sum(array.nbytes for array in codec.call_request(call)[1]) < 10**7
    assert not any(draw.dense for draw in large.data["draws"])


def test_sizes_cover_what_mistakes_hide_behind() -> None:
    assert any(a == b for shape in drawn.SHAPES for a, b in pairwise(pairwise(shape)))
    assert all(len(shape) > 2 for shape in drawn.SHAPES), "one layer's Hessian is zero"
    assert any(shape[-1] > 1 for shape in drawn.SHAPES)
    assert max(drawn.MATRIX_SIZES) > 64
    assert max(family.n for family in functions.FAMILIES) > 64


def test_small_cases_come_first() -> None:
    for id_ in AUTOMATIC:
        sizes = [max(answer.size for answer in expected(case)) for case in cases(id_, 0)]
        assert sizes[0] == min(sizes)
        assert sizes[-1] == max(sizes)


def test_inputs_are_shown_as_a_person_reads_them() -> None:
    case = cases("hvp.hvp", 0)[0]
    assert set(case.inputs[0]) == {"f", "x", "v"}
    assert str(case.inputs[0]["f"]).count("x") >= 3
    assert set(cases("hvp.hvp", 0)[-1].inputs[0]) == {"f", "x", "v", "n"}
    assert len(cases("hvp.hvp", 0)[-1].inputs[0]["x"]) == 12
    for index in range(len(functions.FAMILIES)):
        assert "Expression" not in cases("hvp.hvp", 0)[index].inputs[0]["f"]


@pytest.mark.parametrize("id_", sorted(tasks.tasks()))
def test_every_call_shows_its_inputs(id_: str) -> None:
    for case in cases(id_, 0):
        assert len(case.inputs) == len(case.calls)


def test_no_seed_crosses_with_a_function() -> None:
    for case in cases("hvp.hvp", 3):
        for call in case.calls:
            assert isinstance(call.args[0], Function)
            assert str(case.seed) not in call.args[0].identity


# --------------------------------------------------------------------------- known mistakes


def test_every_catalogue_is_the_tasks() -> None:
    assert {id_: task.mistakes for id_, task in tasks.tasks().items()} == {
        "hvp.get_params": mistakes.GET_PARAMS,
        "hvp.hessian": mistakes.HESSIAN,
        "hvp.naive_hvp": mistakes.NAIVE_HVP,
        "hvp.hvp": mistakes.HVP,
        "hvp.timing": experiments.MISTAKES,
        "hvp.plot": drawings.MISTAKES,
    }


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_a_mistake_says_something_of_every_call_of_the_smaller_cases(id_: str) -> None:
    for case in cases(id_, 0):
        for mistake in tasks.tasks()[id_].mistakes:
            told = mistake.variant(case)
            large = case.part == "no_hessian"
            assert len(told) == (0 if large else len(case.calls)), mistake.slug


def test_derivatives_of_a_draw_are_where_they_are_said_to_be() -> None:
    draw: Draw = cases("hvp.hvp", 0)[2].data["draws"][0]
    assert np.array_equal(draw.gradient_at(0.0), draw.gradient)
    moved = Draw(draw.f, draw.x + 0.5 * draw.v, draw.v)
    assert np.allclose(draw.gradient_at(0.5), moved.gradient, rtol=0, atol=1e-12)
    assert np.array_equal(draw.hessian_at_v, Draw(draw.f, draw.v, draw.v).hessian)


# --------------------------------------------------------------------------- get_params


def test_another_order_is_told_as_such() -> None:
    case = cases("hvp.get_params", 0)[0]
    answers = [column_major(weights) for weights in case.data["weights"]]
    comparison = judged(case, answers)
    wanted = expected(case)[0]
    first = int(np.argmax(wanted != answers[0]))
    assert comparison.message == (
        "The right numbers are there in another order: layers go first to last, each in C order "
        f"(row by row); the first difference is at [{first}]."
    )
    assert comparison.expected == f"{wanted[first]:.6g}"
    assert comparison.got == f"{answers[0][first]:.6g}"


@pytest.mark.parametrize(
    ("held", "ok"),
    [
        pytest.param(lambda w: np.random.default_rng(5).normal(size=w.shape), True, id="drawn"),
        pytest.param(np.zeros_like, False, id="zeros"),
        pytest.param(np.ones_like, False, id="ones"),
        pytest.param(lambda w: 1e-3 * w, False, id="too-small"),
        pytest.param(lambda w: w.ravel(), False, id="flattened"),
    ],
)
def test_weights_that_cannot_be_set_have_to_be_a_draw(
    held: Callable[[AnyArray], AnyArray], ok: bool
) -> None:
    for case in cases("hvp.get_params", 0)[:2]:
        replies = []
        for number, weights in enumerate(case.data["weights"]):
            kept = [held(w) + (0.01 * k * number if ok else 0) for k, w in enumerate(weights)]
            kept = [w * (1 + k / 10) for k, w in enumerate(kept)] if ok else kept
            value: Value = tuple(Array(w, "float64") for w in kept)
            answer = np.concatenate([w.ravel() for w in kept])
            replies.append(Returned(Array(answer, "float64"), 0.0, {"weights": value}))
        assert case.judge(replies).ok is ok


# --------------------------------------------------------------------------- orders


def earlier(order: Callable[[Sequence[AnyArray]], AnyArray]) -> dict[str, tuple[Outcome, ...]]:
    """What is known of a `get_params` that flattens in an order of its own."""
    outcomes = []
    for case in cases("hvp.get_params", 0):
        replies = tuple(returned(order(weights)) for weights in case.data["weights"])
        outcomes.append(Outcome(case, replies, case.judge(replies)))
    return {"hvp.get_params": tuple(outcomes)}


def column_major(weights: Sequence[AnyArray]) -> AnyArray:
    return np.concatenate([w.ravel("F") for w in weights])


def reversed_layers(weights: Sequence[AnyArray]) -> AnyArray:
    return np.concatenate([w.ravel() for w in reversed(weights)])


@pytest.mark.parametrize("order", [column_major, reversed_layers], ids=["columns", "layers"])
def test_a_hessian_in_the_students_own_order_is_right(
    order: Callable[[Sequence[AnyArray]], AnyArray],
) -> None:
    context = Context(ITEMS["hvp.hessian"], 0, earlier=earlier(order))
    for case in tasks.tasks()["hvp.hessian"].cases(context)[:2]:
        sizes = case.data["sizes"]
        n = sum(a * b for a, b in pairwise(sizes))
        places = [np.asarray(w) for w in reference.unflatten(np.arange(float(n)), sizes)]
        permutation = order(places).astype(int)  # position i of theirs is this one of ours
        theirs = []
        for params in case.data["params"]:
            ours = np.empty(n)
            ours[permutation] = params
            hessian = exact.network_hessian(ours, sizes)
            theirs.append(hessian[np.ix_(permutation, permutation)])
        assert judged(case, theirs).ok
        assert judged(case, expected(case)).ok, "the statement's own order is right too"
        assert not judged(case, [2 * h for h in theirs]).ok
        plain = cases("hvp.hessian", 0)[case.index]
        assert not judged(plain, theirs).ok


def test_numbers_that_are_not_the_weights_give_no_order() -> None:
    context = Context(ITEMS["hvp.hessian"], 0, earlier=earlier(lambda ws: column_major(ws) + 1))
    case = tasks.tasks()["hvp.hessian"].cases(context)[0]
    assert judged(case, expected(case)).ok
    assert not judged(case, [h.T[::-1, ::-1] for h in expected(case)]).ok
