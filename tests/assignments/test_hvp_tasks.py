"""The tasks of `hvp`: right answers pass in every formulation, known mistakes fail by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import pytest

from adcheck.assignment import load_assignment
from adcheck.authoring import evaluate
from adcheck.diagnose import diagnose
from adcheck.model import (
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
from assignments.hvp import functions, mistakes, tasks
from reference import hvp as reference

AnyArray = npt.NDArray[Any]
Answer = Callable[[Case], list[AnyArray]]

SEEDS = [pytest.param(seed, id=f"seed{seed}") for seed in (0, 1, 2026)]
ITEMS: dict[str, Item] = {item.id: item for item in load_assignment("hvp").items}
SMALL = {"hvp.hvp": 3}
"""So many cases of these are enough: each of their functions has to be compiled anew."""

AUTOMATIC = ("hvp.get_params", "hvp.hessian", "hvp.naive_hvp", "hvp.hvp")


@cache
def cases(id_: str, seed: int) -> Sequence[Case]:
    return tasks.tasks()[id_].cases(Context(ITEMS[id_], seed))


def returned(value: Any, dtype: str | None = None) -> Returned:
    data = np.asarray(value)
    return Returned(Array(data, dtype or data.dtype.name), 0.0)


def judged(case: Case, answers: Sequence[AnyArray]) -> Comparison:
    return case.judge([returned(answer) for answer in answers])


# --------------------------------------------------------------------------- right answers


@cache
def _hessian(name: str, sizes: tuple[int, ...]) -> Callable[[Any], Any]:
    return lambda p: reference.HESSIANS[name](p, sizes)


def flat(case: Case) -> list[AnyArray]:
    return [np.concatenate([w.ravel() for w in weights]) for weights in case.data["weights"]]


def hessians(case: Case, name: str = "forward-over-reverse", dtype: str = "f8") -> list[AnyArray]:
    function = _hessian(name, case.data["sizes"])
    return [evaluate(function, p.astype(dtype)) for p in case.data["params"]]


def products(case: Case, name: str = "rows", dtype: str = "f8") -> list[AnyArray]:
    function = reference.NAIVE_HVPS[name]
    return [evaluate(function, h.astype(dtype), v.astype(dtype)) for h, v in case.data["pairs"]]


def hvps(case: Case, name: str = "forward-over-reverse", dtype: str = "f8") -> list[AnyArray]:
    answers = []
    for body, x, v in case.data["draws"]:
        f = codec.callable_of(Function(body), jnp)
        product = partial(reference.HVPS[name], f)
        answers.append(evaluate(product, x.astype(dtype), v.astype(dtype)))
    return answers


RIGHT: dict[str, Answer] = {
    "hvp.get_params": flat,
    "hvp.hessian": hessians,
    "hvp.naive_hvp": products,
    "hvp.hvp": hvps,
}
FORMULATIONS: dict[str, tuple[Sequence[str], Callable[[Case, str, str], list[AnyArray]]]] = {
    "hvp.hessian": (list(reference.HESSIANS), hessians),
    "hvp.naive_hvp": (list(reference.NAIVE_HVPS), products),
    "hvp.hvp": (list(reference.HVPS), hvps),
}


def chosen(id_: str, seed: int) -> list[Case]:
    """Cases that together cover every function; those of `hvp` take long to compile."""
    if id_ != "hvp.hvp":
        return list(cases(id_, seed))[:: 1 if seed == 0 else 2]
    return [cases(id_, seed)[index] for index in {0: (0, 1, 6), 1: (2, 4), 2026: (3, 5)}[seed]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id_", FORMULATIONS)
def test_every_formulation_is_right_in_either_precision(id_: str, seed: int) -> None:
    names, compute = FORMULATIONS[id_]
    for case in chosen(id_, seed):
        for name in names if seed == 0 else names[1:2]:
            double = judged(case, compute(case, name, "f8"))
            assert double.ok, (case.index, name, double.message)
            assert double.error < 0.1
            single = judged(case, compute(case, name, "f4"))
            assert single.ok, (case.index, name, single.message)


@pytest.mark.parametrize("seed", SEEDS)
def test_flat_weights_are_right_in_either_precision(seed: int) -> None:
    for case in cases("hvp.get_params", seed):
        assert judged(case, flat(case)).ok
        assert judged(case, [answer.astype("f4") for answer in flat(case)]).ok


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_what_is_slightly_off_is_wrong(id_: str) -> None:
    for case in cases(id_, 0)[: SMALL.get(id_)]:
        right = RIGHT[id_](case)
        for number in range(len(right)):
            off = [answer.copy() for answer in right]
            off[number].flat[-1] += 1e-6 * np.max(np.abs(right[number]))
            comparison = judged(case, off)
            assert comparison.kind is Kind.VALUE, (case.index, number)
            assert comparison.error > 1000 or id_ == "hvp.get_params"


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_zeros_transposes_and_the_first_answer_again_are_wrong(id_: str) -> None:
    for case in cases(id_, 0)[: SMALL.get(id_)]:
        right = RIGHT[id_](case)
        assert not judged(case, [np.zeros_like(answer) for answer in right]).ok
        assert not judged(case, [right[0]] * len(right)).ok, "a cached answer passes"
        assert judged(case, [answer[..., None] for answer in right]).kind is Kind.SHAPE


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
    sizes = {sum(a * b for a, b in pairwise(shape)) for shape in tasks.SHAPES}
    for case in cases("hvp.naive_hvp", seed):
        for matrix, vector in case.data["pairs"]:
            assert matrix.shape[0] not in sizes
            assert np.array_equal(matrix, matrix.T)
            # the output is linear in the last layer's weights: a true Hessian has zeros there
            assert np.all(matrix != 0)
            assert vector.shape == matrix.shape[:1]


def test_no_function_of_hvp_is_quadratic_or_separable() -> None:
    for case in cases("hvp.hvp", 0)[:5]:
        body, x, v = case.data["draws"][0]
        f = codec.callable_of(Function(body), jnp)
        product = partial(reference.hvp, f)
        here, there = evaluate(product, x, v), evaluate(product, x + 0.1, v)
        assert np.max(np.abs(here - there)) > 1e-4 * np.max(np.abs(here)), "no third derivative"
        first = np.zeros_like(v)
        first[0] = 1.0
        assert np.count_nonzero(evaluate(product, x, first)) > 1, "separable"


def test_the_large_function_leaves_no_room_for_a_hessian() -> None:
    large = cases("hvp.hvp", 0)[-1]
    assert large.part == "no_hessian"
    assert 100 * ITEMS["hvp.hvp"].limits.memory_bytes < 8 * tasks.LARGE**2
    for call in large.calls:
        assert sum(array.nbytes for array in codec.call_request(call)[1]) < 10**7


def test_sizes_cover_what_mistakes_hide_behind() -> None:
    assert any(a == b for shape in tasks.SHAPES for a, b in pairwise(pairwise(shape)))
    assert all(len(shape) > 2 for shape in tasks.SHAPES), "one layer's Hessian is zero"
    assert any(shape[-1] > 1 for shape in tasks.SHAPES)
    assert max(tasks.MATRIX_SIZES) > 64
    assert max(family.n for family in functions.FAMILIES) > 64


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

CATALOGUES = {
    "hvp.get_params": mistakes.GET_PARAMS,
    "hvp.hessian": mistakes.HESSIAN,
    "hvp.naive_hvp": mistakes.NAIVE_HVP,
    "hvp.hvp": mistakes.HVP,
}
SEVERAL = {"hvp.get_params": 3}
"""So many cases tell these apart: of two layers, the first one alone is all but the last."""

CASES_OF_A_MISTAKE = [
    pytest.param(id_, index, id=f"{id_.partition('.')[2]}-{mistake.slug}")
    for id_, catalogue in CATALOGUES.items()
    for index, mistake in enumerate(catalogue)
]


def test_every_catalogue_is_the_tasks() -> None:
    assert {id_: task.mistakes for id_, task in tasks.tasks().items()} == CATALOGUES


@pytest.mark.parametrize("seed", SEEDS[:2])
@pytest.mark.parametrize(("id_", "index"), CASES_OF_A_MISTAKE)
def test_every_mistake_fails_and_is_named(id_: str, index: int, seed: int) -> None:
    mistake = CATALOGUES[id_][index]
    tried = cases(id_, seed)[: SMALL.get(id_)][: None if seed == 0 else SEVERAL.get(id_, 1)]
    failing = []
    for case in tried:
        replies = tuple(returned(wrong) for wrong in mistake.variant(case))
        comparison = case.judge(replies)
        if not comparison.ok:
            failing.append(Outcome(case, replies, comparison))
    # with one output the mean is the sum: the first shapes cannot tell them apart
    assert failing or (seed, mistake.slug) == (1, "mean-for-sum")
    if failing:
        comparisons = [o.comparison for o in failing if o.comparison is not None]
        assert any(c.error > 100 or c.kind is not Kind.VALUE for c in comparisons)
        found = diagnose(failing, CATALOGUES[id_])
        assert found is not None
        assert found.slug == mistake.slug


def test_mistakes_are_not_tried_where_a_hessian_cannot_fit() -> None:
    large = cases("hvp.hvp", 0)[-1]
    assert [mistake.slug for mistake in mistakes.HVP if len(mistake.variant(large))] == []


# --------------------------------------------------------------------------- get_params


def weights_in(order: str) -> Answer:
    return lambda case: [
        np.concatenate([w.ravel(order) for w in weights]) for weights in case.data["weights"]
    ]


def test_another_order_is_told_as_such() -> None:
    case = cases("hvp.get_params", 0)[0]
    answers = weights_in("F")(case)
    comparison = judged(case, answers)
    right = flat(case)[0]
    first = int(np.argmax(right != answers[0]))
    assert comparison.message == (
        "The right numbers are there in another order: layers go first to last, each in C order "
        f"(row by row); the first difference is at [{first}]."
    )
    assert comparison.expected == f"{right[first]:.6g}"
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
            hessian = evaluate(_hessian("reverse-over-reverse", sizes), ours)
            theirs.append(hessian[np.ix_(permutation, permutation)])
        assert judged(case, theirs).ok
        assert judged(case, hessians(case)).ok, "the statement's own order is right too"
        assert not judged(case, [2 * h for h in theirs]).ok
        plain = cases("hvp.hessian", 0)[case.index]
        assert not judged(plain, theirs).ok


def test_numbers_that_are_not_the_weights_give_no_order() -> None:
    context = Context(ITEMS["hvp.hessian"], 0, earlier=earlier(lambda ws: column_major(ws) + 1))
    case = tasks.tasks()["hvp.hessian"].cases(context)[0]
    assert judged(case, hessians(case)).ok
    assert not judged(case, [h.T[::-1, ::-1] for h in hessians(case)]).ok
