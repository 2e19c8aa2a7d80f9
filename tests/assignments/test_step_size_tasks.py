"""The tasks of `step_size`: what is drawn, and what is right or wrong beside the known mistakes.

That every formulation passes and every known mistake fails by its name is measured by
``adcheck validate step_size``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from adcheck.assignment import load_assignment
from adcheck.diagnose import diagnose
from adcheck.model import (
    Answer,
    Array,
    Case,
    Comparison,
    Context,
    Foreign,
    Item,
    Kind,
    Outcome,
    Parameter,
    Returned,
    Value,
)
from adcheck.sandbox import codec
from assignments.step_size import fitting, given, mistakes, right, tasks, tuning
from reference import step_size_closed_form as closed

AnyArray = npt.NDArray[Any]
Vector = npt.NDArray[np.float64]
Start = tuple[Vector, Vector]
Tuner = Callable[[Vector, Vector], Vector]

SEEDS = [pytest.param(seed, id=f"seed{seed}") for seed in (0, 1, 2026)]
ITEMS: dict[str, Item] = {item.id: item for item in load_assignment("step_size").items}
AUTOMATIC = ("step_size.gd_loss", "step_size.tune", "step_size.optimality")

TWO = tuple(Parameter(name, "positional", False) for name in ("alphas", "x0"))
"""The parameters of a `tune_step_sizes` that takes neither beta nor the number of steps."""


@cache
def cases(id_: str, seed: int) -> Sequence[Case]:
    return tasks.tasks()[id_].cases(Context(ITEMS[id_], seed))


def array(value: Any) -> Array:
    data = np.asarray(value)
    return Array(data, data.dtype.name)


def judged(case: Case, values: Sequence[Value | AnyArray]) -> Comparison:
    plain = [v if isinstance(v, Array | Foreign | tuple) else array(v) for v in values]
    return case.judge([Returned(value, 0.0) for value in plain])


def value_of(answer: Answer) -> Value:
    return tuple(map(array, answer)) if isinstance(answer, tuple) else array(answer)


def expected(case: Case) -> list[Answer]:
    assert case.expected is not None
    return list(case.expected())


def case_of(id_: str, part: str, seed: int, **context: Any) -> Case:
    found = tasks.tasks()[id_].cases(Context(ITEMS[id_], seed, **context))
    return next(case for case in found if case.part == part)


# --------------------------------------------------------------------------- the draws


def requests(case: Case) -> list[tuple[str, list[bytes]]]:
    sent = [codec.call_request(call) for call in case.calls]
    return [(repr(header), [data.tobytes() for data in arrays]) for header, arrays in sent]


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_cases_depend_on_the_seed_alone(id_: str) -> None:
    again = tasks.tasks()[id_].cases(Context(ITEMS[id_], 0))
    for case, same, other in zip(cases(id_, 0), again, cases(id_, 1), strict=True):
        assert requests(case) == requests(same)
        assert requests(case) != requests(other)
    assert [case.index for case in again] == list(range(len(again)))
    assert {case.part for case in again} == {part.id for part in ITEMS[id_].parts}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id_", AUTOMATIC)
def test_arguments_lie_where_the_statement_says(id_: str, seed: int) -> None:
    for case in cases(id_, seed):
        for call in case.calls:
            alphas, x0 = (a for a in call.args if isinstance(a, np.ndarray))
            assert (alphas.shape, x0.shape) == ((10,), (1000,))
            assert np.all((x0 >= 0) & (x0 <= 1))
            low, high = (0.0, 0.1) if "tune" in id_ else (-0.5, 1.8)
            assert np.all((alphas >= low) & (alphas <= high))
            for data in (alphas, x0):
                assert np.array_equal(data.astype("f4").astype("f8"), data)


# --------------------------------------------------------------------------- gd_loss


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id_", AUTOMATIC)
def test_the_expected_answers_are_right(id_: str, seed: int) -> None:
    for case in cases(id_, seed):
        if case.part == "quality":
            assert case.expected is None
            continue
        answers = expected(case)
        assert len(answers) == len(case.calls) == len(case.inputs)
        comparison = judged(case, [value_of(answer) for answer in answers])
        assert (comparison.ok, comparison.error) == (True, 0.0)


def test_a_loss_that_is_slightly_off_is_wrong() -> None:
    for case in cases("step_size.gd_loss", 0):
        wanted = [np.asarray(answer) for answer in expected(case)]
        for number in range(4):
            off = [*wanted]
            off[number] = wanted[number] * (1 + 1e-6)
            comparison = judged(case, off)
            assert comparison.kind is Kind.VALUE
            assert comparison.error > 1000
            told = comparison.message.startswith("Here the value is right")
            assert told is (number % 2 == 1 or comparison.where != "")
        assert not judged(case, [np.zeros_like(answer) for answer in wanted]).ok
        assert not judged(case, [*wanted[:2], *wanted[:2]]).ok, "a cached answer passes"
        assert judged(case, [answer[None] for answer in wanted]).kind is Kind.SHAPE


def test_a_value_is_known_and_its_gradient_explained_apart() -> None:
    """A mistake in the value says nothing of gradients; the other way round both are said."""
    case = cases("step_size.gd_loss", 0)[0]
    known = {mistake.slug: mistake.variant(case) for mistake in mistakes.GD_LOSS}
    assert [answer is None for answer in known["half-forgotten"]] == [False, True] * 2
    assert [answer is None for answer in known["gradient-zero"]] == [False] * 4


# --------------------------------------------------------------------------- optimality


def evidence(point: Start, dtype: str = "f8") -> tuple[AnyArray, AnyArray]:
    return right.evidence(point[0].astype(dtype), point[1].astype(dtype), right.NAMES[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda n, e: (n, e * (1 + 1e-3)), "In the eigenvalues: ", id="eigenvalues"),
        pytest.param(lambda n, e: (n * (1 + 1e-3), e), "In the gradient norm: the value is wrong:",
                     id="norm"),
        pytest.param(lambda n, e: (n, e[::-1]), "In the eigenvalues: ", id="descending"),
        pytest.param(lambda n, e: (n, np.abs(e)), "In the eigenvalues: ", id="absolute"),
        pytest.param(lambda n, e: (n, np.zeros(10)), "In the eigenvalues: ", id="zeros"),
        pytest.param(lambda n, e: (n**2, e), "In the gradient norm: ", id="squared-norm"),
        pytest.param(lambda n, e: (e, n), "In the gradient norm: the result has shape (10,), ",
                     id="swapped"),
        pytest.param(lambda n, e: (n, e.astype("c16")),
                     "In the eigenvalues: the result's dtype is complex128", id="complex"),
        pytest.param(lambda n, e: (n, np.diag(e)),
                     "In the eigenvalues: the result has shape (10, 10), where (10,) was expected.",
                     id="a-matrix"),
    ],
)  # fmt: skip
def test_wrong_evidence_is_told_by_name(change: Callable[..., Any], message: str) -> None:
    for case in cases("step_size.optimality", 0):
        pairs = [change(*evidence(point)) for point in case.data["points"]]
        comparison = judged(case, [(array(n), array(e)) for n, e in pairs])
        assert not comparison.ok
        assert comparison.message.startswith(message)


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (array(np.ones(10)), "an array of shape (10,), float64"),
        (array(np.ones(3)), "an array of shape (3,), float64"),
        (array(np.ones((2, 10))), "an array of shape (2, 10), float64"),
        (Foreign("bool", "True"), "a value of type bool"),
        ((array(1.0),) * 3, "a sequence of 3 values"),
    ],
    ids=["array", "three-numbers", "matrix", "bool", "triple"],
)
def test_what_is_no_pair_is_told(value: Value, got: str) -> None:
    case = cases("step_size.optimality", 0)[0]
    assert judged(case, [value, value]).message == (
        f"It returned {got}, where a pair (gradient norm, eigenvalues) was expected."
    )


def test_each_of_the_pair_may_have_its_own_precision() -> None:
    for case in cases("step_size.optimality", 0):
        double = [evidence(point) for point in case.data["points"]]
        single = [evidence(point, "f4") for point in case.data["points"]]
        for norms, spectra in ((single, double), (double, single)):
            pairs = zip(norms, spectra, strict=True)
            assert judged(case, [(array(n), array(e)) for (n, _), (_, e) in pairs]).ok


def test_two_numbers_are_a_pair_too() -> None:
    """They arrive as one array: the norm may be right, and an eigenvalue alone is named."""
    case = cases("step_size.optimality", 0)[0]
    pairs = [evidence(point) for point in case.data["points"]]
    values = [array([float(norm), float(eigenvalues[0])]) for norm, eigenvalues in pairs]
    comparison = judged(case, values)
    assert comparison.message == (
        "In the eigenvalues: the result has shape (), where (10,) was expected."
    )
    replies = tuple(Returned(value, 0.0) for value in values)
    found = diagnose([Outcome(case, replies, comparison)], mistakes.OPTIMALITY)
    assert found is not None
    assert found.slug == "smallest-eigenvalue"


# --------------------------------------------------------------------------- tune, with constants


def exact_cases(seed: int) -> list[Case]:
    return [case for case in cases("step_size.tune", seed) if case.part == "exactness"]


def descended(case: Case, dtype: str = "f8") -> list[AnyArray]:
    """Where a right descent ends, by JAX."""
    return [
        right.tuned(alphas.astype(dtype), x0.astype(dtype), beta, case.data["num_steps"], "scan")
        for (alphas, x0), beta in zip(case.data["starts"], case.data["betas"], strict=True)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_cases_take_every_alpha_past_one_and_the_others_stay_below(seed: int) -> None:
    for index, case in enumerate(exact_cases(seed)):
        for (alphas, x0), beta in zip(case.data["starts"], case.data["betas"], strict=True):
            path = closed.closed_form_trajectory(alphas, x0, beta, case.data["num_steps"])
            if index not in given.OVERSHOOT:
                assert np.all(path < 1)
            elif index == 1:
                assert np.all((path[1:] > 1) & (path[1:] < 2))
            else:
                losses = [closed.closed_form_loss(at, x0) for at in path]
                assert np.all(np.diff(losses) > 0)
                assert np.all(path[1] > 1.5)
                assert np.all((path[2] < -5) & (path[2] > -100))


def test_a_history_may_come_along() -> None:
    case = exact_cases(0)[0]
    ends = [array(end) for end in descended(case)]
    history = tuple(array(x) for x in (0.5, 0.25, 0.1))
    assert judged(case, [(end, history) for end in ends]).ok
    assert judged(case, [(end, array(np.ones(7)), Foreign("dict", "{}")) for end in ends]).ok
    assert judged(case, [tuple(array(x) for x in end.data) for end in ends]).ok
    assert not judged(case, [(history, end) for end in ends]).ok


def test_a_wrong_descent_with_a_history_is_named_all_the_same() -> None:
    history = array(np.ones(7))
    failing = []
    for case in exact_cases(0):
        momentum = next(m for m in mistakes.TUNE if m.slug == "momentum")
        ends = [value_of(end) for end in momentum.variant(case) if isinstance(end, np.ndarray)]
        comparison = judged(case, [(end, history) for end in ends])
        replies = tuple(Returned((end, history), 0.0) for end in ends)
        failing += [Outcome(case, replies, comparison)] if not comparison.ok else []
    assert len(failing) == 3, "the first step is that of plain descent"
    found = diagnose(failing, mistakes.TUNE)
    assert found is not None
    assert found.slug == "momentum"


def test_a_descent_that_is_slightly_off_is_wrong() -> None:
    for case in exact_cases(0):
        wanted = descended(case)
        for number in range(2):
            off = [answer.copy() for answer in wanted]
            off[number][3] *= 1 + 1e-6
            comparison = judged(case, off)
            assert (comparison.kind, comparison.where) == (Kind.VALUE, "[3]")
            assert comparison.error > 1000
        assert not judged(case, [np.zeros(10)] * 2).ok
        assert not judged(case, [np.ones(10)] * 2).ok


@pytest.mark.parametrize(
    ("parameters", "exact"),
    [
        pytest.param(None, 4, id="unknown"),
        pytest.param("alphas x0 beta num_steps", 4, id="canonical"),
        pytest.param("a x LR N_Iter", 4, id="other-names"),
        pytest.param("a x how_far how_often", 4, id="by-place"),
        pytest.param("a x", 1, id="none"),
        pytest.param("a x verbose", 1, id="another-one"),
        pytest.param("a x beta", 1, id="beta-alone"),
        pytest.param("a x num_steps", 1, id="steps-alone"),
        pytest.param("*args", 4, id="stars"),
        pytest.param("a x **options", 4, id="double-stars"),
    ],
)
def test_constants_are_given_where_they_are_taken(parameters: str | None, exact: int) -> None:
    kinds: Any = {"*": "*", "**": "**"}
    listed = parameters and tuple(
        Parameter(p.strip("*"), kinds.get(p[: p.count("*")], "positional"), False)
        for p in parameters.split()
    )
    context = Context(ITEMS["step_size.tune"], 0, parameters=listed or None)
    found = tasks.tasks()["step_size.tune"].cases(context)
    assert [case.part for case in found] == ["exactness"] * exact + ["quality"]
    assert all(bool(call.named) is (exact == 4) for call in found[0].calls)
    assert not found[-1].calls[0].named


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("smallest", [1e-12, 1e-10, 1e-6, 1e-4, 1e-2])
def test_a_descent_may_stop_where_it_has_converged(smallest: float, seed: int) -> None:
    for case in exact_cases(seed):
        assert judged(case, [value_of(end) for end in right.stopped(case, smallest)]).ok


def test_a_descent_may_not_stop_elsewhere() -> None:
    case = exact_cases(0)[2]
    first = [
        closed.closed_form_trajectory(alphas, x0, beta, 1)[-1]
        for (alphas, x0), beta in zip(case.data["starts"], case.data["betas"], strict=True)
    ]
    assert not judged(case, first).ok


# --------------------------------------------------------------------------- tune, with defaults


def defaults(text: str) -> tuple[Parameter, ...]:
    """Parameters as ``name=default`` or ``name``, after the first two."""
    pairs = [entry.partition("=") for entry in text.split()]
    numbers = [int(n) if n.isdigit() else float(n) if n[:1].isdigit() else None for *_, n in pairs]
    listed = zip(pairs, numbers, strict=True)
    return TWO + tuple(
        Parameter(n, "positional", bool(eq), number) for (n, eq, _), number in listed
    )


def followed(text: str = "beta=1e-3 num_steps=300", seed: int = 0) -> Case | None:
    context = Context(ITEMS["step_size.tune"], seed, defaults(text))
    found = tasks.tasks()["step_size.tune"].cases(context)
    cases = [case for case in found if "followed" in case.data]
    assert all(case.calls is found[-1].calls for case in cases), "a run more"
    return cases[0] if cases else None


@pytest.mark.parametrize(
    ("parameters", "constants"),
    [
        ("beta=1e-3 num_steps=300", (1e-3, 300)),
        ("N_Iter=20 LR=0.5", (0.5, 20)),
        ("verbose=True lr=1e-3 steps=300 log_every=100 tol=1e-9", (1e-3, 300)),
        ("how_far=1e-3 how_often=300", (1e-3, 300)),
        ("lr=1e-3 how_often=300", (1e-3, 300)),
        ("how_far=1e-3 tol=1e-9 num_steps=300", None),
        ("beta=1e-3 how_often=300 log_every=100", None),
        ("beta num_steps=300", None),
        ("beta=None num_steps=300", None),
        ("beta=1e-3 num_steps=1000000", None),
        ("beta=1e-3 num_steps=0", None),
        ("beta=1e-3 lr=1e-3 num_steps=300", None),
    ],
)
def test_defaults_are_followed_where_they_are_known(
    parameters: str, constants: tuple[float, int] | None
) -> None:
    case = followed(parameters)
    assert (case and (case.data["betas"][0], case.data["num_steps"])) == constants


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_with_defaults_ends_on_its_trajectory(seed: int) -> None:
    case = followed(seed=seed)
    assert case is not None
    (alphas, x0), (beta,) = case.data["starts"][0], case.data["betas"]
    points = closed.closed_form_trajectory(alphas, x0, beta, 300)
    assert judged(case, [points[-1]]).ok
    assert judged(case, [points[117]]).ok, "it stopped by a rule of its own"
    assert judged(case, descended(case, "f4")).ok
    between = judged(case, [0.5 * (points[117] + points[118])])
    assert between.kind is Kind.VALUE
    assert between.message.startswith(
        "With your defaults, beta = 0.001 and 300 steps, it does not end on the path of plain "
        "gradient descent with a constant beta: 10 of 10 values are wrong; the worst, at ["
    )
    for malformed in (np.ones(3), np.full(10, np.nan)):
        assert judged(case, [malformed]).ok, "that costs the quality"


@pytest.mark.parametrize("beta", ["5e-2", "1e3"], ids=["chaos", "divergence"])
def test_defaults_on_which_rounding_decides_are_not_followed(beta: str) -> None:
    case = followed(f"beta={beta} num_steps=300")
    assert case is not None
    assert judged(case, [np.ones(10)]).ok


# --------------------------------------------------------------------------- known mistakes


def test_every_catalogue_is_the_tasks() -> None:
    assert {id_: task.mistakes for id_, task in tasks.tasks().items()} == {
        "step_size.gd_loss": mistakes.GD_LOSS,
        "step_size.tune": mistakes.TUNE,
        "step_size.optimality": mistakes.OPTIMALITY,
    }


@pytest.mark.parametrize("id_", AUTOMATIC)
def test_a_mistake_says_something_of_every_case_with_known_answers(id_: str) -> None:
    for case in cases(id_, 0):
        for mistake in tasks.tasks()[id_].mistakes:
            calls = 0 if case.part == "quality" else len(case.calls)
            assert len(mistake.variant(case)) == calls, mistake.slug


def test_both_signatures_are_validated() -> None:
    """With constants as arguments, and without; the second has literals to be guessed from."""
    with_constants, without = tuning.SIGNATURES
    assert tasks.tasks()["step_size.tune"].signatures == (with_constants, without)
    assert without.parameters == TWO
    assert set(right.OWN_CONSTANTS) <= set(without.literals)


def test_mistakes_say_nothing_of_constants_that_are_not_known() -> None:
    case = case_of("step_size.tune", "exactness", 0, parameters=TWO)
    assert [mistake.slug for mistake in mistakes.TUNE if len(mistake.variant(case))] == []


# --------------------------------------------------------------------------- descents


def plain(beta: float, count: int) -> Tuner:
    return lambda alphas, x0: closed.closed_form_trajectory(alphas, x0, beta, count)[-1]


def normalised(c: float, count: int) -> Tuner:
    return lambda alphas, x0: plain(c / float(x0 @ x0), count)(alphas, x0)


def stopping(beta: float, tolerance: float) -> Tuner:
    """Stops where L falls by less than a part of itself."""

    def tune(alphas: Vector, x0: Vector) -> Vector:
        loss = closed.closed_form_loss(alphas, x0)
        for _ in range(3000):
            alphas = alphas - beta * closed.closed_form_gradient(alphas, x0)
            before, loss = loss, closed.closed_form_loss(alphas, x0)
            if before - loss < tolerance * before:
                break
        return alphas

    return tune


def heavy_ball(beta: float, count: int, factor: float, gain: float = 1.0) -> Tuner:
    def tune(alphas: Vector, x0: Vector) -> Vector:
        velocity = np.zeros(10)
        for _ in range(count):
            velocity = factor * velocity + gain * closed.closed_form_gradient(alphas, x0)
            alphas = alphas - beta * velocity
        return alphas

    return tune


def nesterov(beta: float, count: int, factor: float = 0.9) -> Tuner:
    def tune(alphas: Vector, x0: Vector) -> Vector:
        velocity = np.zeros(10)
        for _ in range(count):
            ahead = alphas - beta * factor * velocity
            velocity = factor * velocity + closed.closed_form_gradient(ahead, x0)
            alphas = alphas - beta * velocity
        return alphas

    return tune


def adam(beta: float, count: int) -> Tuner:
    def tune(alphas: Vector, x0: Vector) -> Vector:
        first, second = np.zeros(10), np.zeros(10)
        for step in range(1, count + 1):
            gradient = closed.closed_form_gradient(alphas, x0)
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            mean, spread = first / (1 - 0.9**step), second / (1 - 0.999**step)
            alphas = alphas - beta * mean / (np.sqrt(spread) + 1e-8)
        return alphas

    return tune


def decaying(beta: float, count: int) -> Tuner:
    def tune(alphas: Vector, x0: Vector) -> Vector:
        for step in range(count):
            alphas = alphas - beta / (step + 1) * closed.closed_form_gradient(alphas, x0)
        return alphas

    return tune


def halving(alphas: Vector, x0: Vector) -> Vector:
    return 1 - (1 - alphas) / 2


def ones(alphas: Vector, x0: Vector) -> Vector:
    return np.ones(10)


def runs(tune: Tuner, case: Case) -> tuple[list[Start], list[Vector]]:
    starts = case.data["starts"]
    return starts, [tune(*start) for start in starts]


def unguided(seed: int, *literals: float) -> Case:
    """The case for a function that takes neither beta nor the number of steps."""
    return case_of("step_size.tune", "exactness", seed, parameters=TWO, literals=literals)


HONEST = [
    pytest.param(plain(1e-4, 100), (1e-4, 100.0), id="literals-known"),
    pytest.param(plain(1e-4, 100), (), id="literals-unknown"),
    pytest.param(plain(2e-4, 250), (), id="250-steps-unknown"),
    pytest.param(plain(3.7e-4, 137), (3.7e-4,), id="beta-alone-known"),
    pytest.param(plain(3.7e-4, 137), (137.0,), id="count-alone-known"),
    pytest.param(plain(1e-3, 1000), (1e-3, 1000.0), id="1000-steps"),
    pytest.param(plain(1e-3, 1), (), id="one-step"),
    pytest.param(stopping(1e-4, 1e-3), (1e-4, 1e-3), id="stops-by-itself"),
    pytest.param(normalised(0.05, 100), (0.05, 100.0), id="beta-over-the-norm"),
    pytest.param(normalised(0.05, 100), (), id="beta-over-the-norm-unknown"),
]
OTHER = [
    pytest.param(heavy_ball(1e-4, 100, 0.9, 0.1), (1e-4, 100.0, 0.9), id="averaged-momentum"),
    pytest.param(nesterov(1e-4, 100), (1e-4, 100.0, 0.9), id="nesterov"),
    pytest.param(decaying(1e-3, 100), (1e-3, 100.0), id="decaying-beta"),
    pytest.param(ones, (1.0, 10.0), id="ones"),
]


@pytest.mark.parametrize("seed", [0, 1], ids="seed{}".format)
@pytest.mark.parametrize(("tune", "literals"), HONEST)
def test_plain_descents_are_explained(tune: Tuner, literals: tuple[float, ...], seed: int) -> None:
    case = unguided(seed, *literals)
    starts, ends = runs(tune, case)
    if seed == 0:
        assert fitting.explained(starts, ends, literals, fitting.DOUBLE)
    assert judged(case, ends).ok


@pytest.mark.parametrize(("tune", "literals"), HONEST[:2])
def test_plain_descents_in_single_precision_are_explained(
    tune: Tuner, literals: tuple[float, ...]
) -> None:
    case = unguided(0, *literals)
    ends = [end.astype("f4") for end in runs(tune, case)[1]]
    assert judged(case, ends).ok


@pytest.mark.parametrize(("tune", "literals"), OTHER)
def test_other_methods_are_not_explained(tune: Tuner, literals: tuple[float, ...]) -> None:
    starts, ends = runs(tune, unguided(0, *literals))
    assert not fitting.explained(starts, ends, literals, fitting.DOUBLE)


PLAIN, MOMENTUM, SCHEDULE = fitting.Method


@pytest.mark.parametrize(
    ("tune", "literals", "method"),
    [
        pytest.param(heavy_ball(1e-4, 100, 0.9), (1e-4, 0.9), MOMENTUM, id="momentum"),
        pytest.param(heavy_ball(1e-4, 100, 0.9, 0.1), (1e-4,), MOMENTUM, id="averaged"),
        pytest.param(nesterov(1e-4, 100), (1e-4,), MOMENTUM, id="nesterov"),
        pytest.param(heavy_ball(1e-4, 50, 0.7), (1e-4, 0.7), MOMENTUM, id="its-own-factor"),
        pytest.param(heavy_ball(1e-4, 50, 0.7), (1e-4,), None, id="factor-unknown"),
        pytest.param(decaying(1e-3, 50), (1e-3,), SCHEDULE, id="decaying"),
        pytest.param(plain(1e-4, 100), (1e-4, 0.9), PLAIN, id="plain"),
        pytest.param(plain(1e-4, 100), (0.9,), None, id="plain-beta-unknown"),
        pytest.param(decaying(1e-3, 50), (), None, id="beta-unknown"),
        pytest.param(adam(1e-2, 50), (1e-2, 0.9, 0.999), None, id="adam"),
        pytest.param(halving, (1e-3, 0.5), None, id="halving"),
    ],
)
def test_methods_are_recognised(
    tune: Tuner, literals: tuple[float, ...], method: fitting.Method | None
) -> None:
    starts, ends = runs(tune, unguided(0, *literals))
    assert fitting.known_method(starts, ends, literals, fitting.DOUBLE) is method


@pytest.mark.parametrize("seed", [0, 1], ids="seed{}".format)
def test_in_single_precision_plain_descent_goes_before_what_comes_as_near(seed: int) -> None:
    case = unguided(seed, *tuning.OWN_CONSTANTS)
    starts, ends = runs(plain(*right.OWN_CONSTANTS), case)
    rounded = [end.astype("f4") for end in ends]
    found = fitting.known_method(starts, rounded, tuning.OWN_CONSTANTS, fitting.SINGLE)
    assert found is PLAIN
    assert judged(case, rounded).ok


def test_a_recognised_method_explains_every_run() -> None:
    starts, ends = runs(heavy_ball(1e-4, 100, 0.9), unguided(0, 1e-4))
    plain_ends = runs(plain(1e-4, 100), unguided(0, 1e-4))[1]
    mixed = [ends[0], plain_ends[1], *ends[2:]]
    assert fitting.known_method(starts, mixed, (1e-4,), fitting.DOUBLE) is None


LAW = "The step sizes do not move as plain gradient descent on L with a constant beta moves them."


@pytest.mark.parametrize(
    ("tune", "literals", "message"),
    [
        pytest.param(heavy_ball(1e-4, 100, 0.9), (1e-4, 0.9),
                     "This is gradient descent with momentum: the task asks for plain descent.",
                     id="momentum"),
        pytest.param(nesterov(1e-4, 100), (1e-4, 0.9),
                     "This is gradient descent with momentum: the task asks for plain descent.",
                     id="nesterov"),
        pytest.param(decaying(1e-3, 100), (1e-3,),
                     "Beta shrinks from step to step: the task asks for a constant one.",
                     id="decaying-beta"),
        pytest.param(adam(1e-2, 100), (1e-2,), LAW, id="adam"),
        pytest.param(halving, (), LAW, id="halving"),
        pytest.param(ones, (), LAW, id="ones"),
        pytest.param(plain(-1e-6, 5), (1e-6,), LAW, id="ascent"),
        pytest.param(lambda a, x: a, (), "The step sizes come back unchanged.", id="unchanged"),
        pytest.param(lambda a, x: a[:9], (), "The result has shape (9,), where (10,) was expected.",
                     id="nine"),
        pytest.param(lambda a, x: a * np.nan, (),
                     "10 of 10 entries are not finite, the first at [0]: nan.", id="nan"),
    ],
)  # fmt: skip
def test_what_is_no_plain_descent_is_told(
    tune: Tuner, literals: tuple[float, ...], message: str
) -> None:
    case = unguided(0, *literals)
    assert judged(case, runs(tune, case)[1]).message == message


def test_a_descent_with_odd_constants_is_judged_by_its_first_order() -> None:
    case = unguided(0)
    starts, ends = runs(plain(3.7e-5, 137), case)
    assert not fitting.explained(starts, ends, (), fitting.DOUBLE)
    assert judged(case, ends).ok


def test_scaled_starts_are_run_only_where_the_first_runs_do_not_decide() -> None:
    for tune, literals, more in (
        (stopping(3e-4, 1e-3), (3e-4, 1e-3), 0),
        (heavy_ball(1e-4, 100, 0.9), (1e-4, 0.9), 0),
        (plain(3.7e-5, 137), (), 2),
    ):
        case = unguided(0, *literals)
        _, ends = runs(tune, case)
        assert case.more is not None
        assert len(case.calls) == 2
        replies = [Returned(array(end), 0.1) for end in ends[:2]]
        assert len(case.more(replies)) == more


def test_none_is_told() -> None:
    case = unguided(0)
    assert judged(case, [Foreign("NoneType", "None")] * 4).message == (
        "It returned None, where an array of shape (10,) was expected: is a return missing?"
    )


# --------------------------------------------------------------------------- quality

MOVES = "The step sizes do not move as a descent on L moves them: "


def largest_to_one(alphas: Vector, x0: Vector) -> Vector:
    end = alphas.copy()
    end[np.argmax(end)] = 1.0
    return end


def quality(tune: Tuner, seed: int) -> Comparison:
    case = case_of("step_size.tune", "quality", seed)
    ((alphas, x0),) = case.data["starts"]
    return judged(case, [tune(alphas, x0)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "tune",
    [
        pytest.param(plain(1e-4, 100), id="100-steps-of-1e-4"),
        pytest.param(plain(1e-3, 1000), id="1000-steps-of-1e-3"),
        pytest.param(heavy_ball(1e-4, 100, 0.9), id="momentum"),
        pytest.param(adam(1e-2, 100), id="adam"),
        pytest.param(lambda a, x: plain(1e-4, 100)(a, x).astype("f4"), id="float32"),
    ],
)
def test_defaults_that_improve_the_schedule_earn_the_quality(tune: Tuner, seed: int) -> None:
    comparison = quality(tune, seed)
    assert comparison.ok, comparison.message


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("tune", "message"),
    [
        pytest.param(ones, MOVES + "some that started different became equal.", id="ones"),
        pytest.param(lambda a, x: np.linspace(0.5, 0.9, 10), MOVES + "two that started equal came "
                     "apart, although L treats all alike.", id="a-constant-schedule"),
        pytest.param(largest_to_one, MOVES + "some did not move.", id="largest-to-one"),
        pytest.param(lambda a, x: a, "With your default beta and number of steps, L only falls to "
                     "1 of its start; at most 0.1 is asked for.", id="unchanged"),
        pytest.param(plain(-1e-5, 10), "With your default beta and number of steps, L grows to ",
                     id="ascent"),
        pytest.param(plain(1e-5, 10), "With your default beta and number of steps, L only falls ",
                     id="too-few-steps"),
        pytest.param(lambda a, x: a * np.nan, "10 of 10 entries are not finite", id="nan"),
        pytest.param(lambda a, x: 1e200 * (1 + a), "With your default beta and number of steps, L ",
                     id="diverged"),
        pytest.param(lambda a, x: a[:, None], "The result has shape (10, 1), ", id="column"),
    ],
)  # fmt: skip
def test_defaults_that_do_not_are_told(tune: Tuner, message: str, seed: int) -> None:
    comparison = quality(tune, seed)
    assert not comparison.ok
    assert comparison.message.startswith(message)


def test_thresholds_are_the_rubrics() -> None:
    tight = Item(
        **{**vars(ITEMS["step_size.tune"]), "thresholds": {"loss_ratio": 1e-3, "gradient_ratio": 1}}
    )
    case = tasks.tasks()["step_size.tune"].cases(Context(tight, 0))[-1]
    ((alphas, x0),) = case.data["starts"]
    comparison = judged(case, [plain(1e-4, 100)(alphas, x0)])
    assert comparison.expected == "at most 0.001"
