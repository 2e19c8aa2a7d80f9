"""`adcheck.authoring`: draws, functions as data evaluated by JAX, and judges."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import pytest

from adcheck import authoring
from adcheck.authoring import (
    X,
    evaluate,
    evaluate_on,
    interpreted,
    judge_all,
    op,
    single_spread,
)
from adcheck.compare import FLOOR_FLOAT32, RELATIVE_FLOAT64, SPREAD_FACTOR
from adcheck.model import Array, Expression, Foreign, Kind, Returned, Value

Vector = npt.NDArray[Any]

POINT = np.array([0.5, -1.0, 2.0])
FIRST, SECOND = np.diag([1.0, 2.0, 3.0]), np.array([[1.0, 2.0, 0.0], [2.0, 5.0, 1.0], [0, 1, 4]])


def quadratic(matrix: Vector, factor: float = 0.5, exponent: int = 1) -> Expression:
    """A factor times <x, A x>, to a power."""
    form = op("sum", op("mul", X, op("matmul", matrix, X)))
    return op("mul", factor, op("power", form, exponent))


# --------------------------------------------------------------------------- draws


def test_a_case_has_a_seed_of_its_own_and_keeps_it() -> None:
    seeds = [
        authoring.case_seed(seed, item, index)
        for seed in (0, 1, 2**80)
        for item in ("a.f", "a.g")
        for index in range(3)
    ]
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] == authoring.case_seed(0, "a.f", 0) == 3313776016


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda rng: authoring.normal(rng, 3, 4), id="normal"),
        pytest.param(lambda rng: authoring.uniform(rng, -1.0, 0.5, 3, 4), id="uniform"),
    ],
)
def test_draws_are_doubles_without_digits_that_single_precision_lacks(
    draw: Callable[[np.random.Generator], Vector],
) -> None:
    drawn = draw(authoring.generator(7))
    assert (drawn.shape, drawn.dtype.name) == ((3, 4), "float64")
    assert np.array_equal(drawn.astype(np.float32), drawn)
    assert np.array_equal(drawn, draw(authoring.generator(7)))
    assert not np.array_equal(drawn, draw(authoring.generator(8)))


def test_a_long_vector_is_told_in_a_few_words() -> None:
    assert (
        authoring.summary(np.full(100, 0.25)) == "[0.250, 0.250, 0.250, …] of length 100, norm 2.5"
    )


# --------------------------------------------------------------------------- evaluation


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("x64", [True, False], ids=["x64", "no-x64"])
def test_a_function_is_evaluated_in_its_arguments_precision(dtype: str, x64: bool) -> None:
    with jax.enable_x64(x64):
        result = evaluate(lambda x: jnp.sum(x) / 3, POINT.astype(dtype))
        assert jnp.ones(1).dtype == ("float64" if x64 else "float32"), "the setting is put back"
    assert (type(result), result.dtype) == (np.ndarray, np.dtype(dtype))
    assert result == np.asarray(POINT.sum(), dtype) / np.asarray(3, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("body", "gradient"),
    [
        pytest.param(quadratic(SECOND), SECOND @ POINT, id="matrix"),
        pytest.param(quadratic(SECOND, 1.5), 3 * (SECOND @ POINT), id="number"),
        pytest.param(
            quadratic(SECOND, 0.5, 2), 2 * (POINT @ SECOND @ POINT) * (SECOND @ POINT), id="power"
        ),
        pytest.param(op("sum", op("slice", op("mul", X, X), 1, 3)), [0.0, -2.0, 4.0], id="slice"),
        pytest.param(op("sum", X), [1.0, 1.0, 1.0], id="no-constant"),
        pytest.param(
            op("add", quadratic(FIRST), quadratic(SECOND)), (FIRST + SECOND) @ POINT, id="two"
        ),
    ],
)
def test_constants_of_a_function_stand_where_they_stood(
    body: Expression, gradient: Any, dtype: str
) -> None:
    def change(f: Callable[[Any], Any], x: Any) -> Any:
        return jax.grad(f)(x)

    result = evaluate_on(change, body, POINT.astype(dtype))
    assert result.dtype == dtype
    np.testing.assert_allclose(result, gradient, rtol=1e-6 if dtype == "float32" else 1e-14)


def test_functions_of_one_structure_are_compiled_once() -> None:
    traced: list[str] = []

    def change(f: Callable[[Any], Any], x: Any, v: Any) -> Any:
        traced.append(str(x.dtype))
        return jnp.vdot(jax.grad(f)(x), v)

    def slope(body: Expression, x: Vector, v: Vector) -> float:
        return float(evaluate_on(change, body, x, v))

    direction = np.array([1.0, 0.0, 2.0])
    for matrix, factor in ((FIRST, 0.5), (SECOND, 0.5), (SECOND, -2.0)):
        for x in (POINT, POINT + 1):
            expected = 2 * factor * float(direction @ matrix @ x)
            assert slope(quadratic(matrix, factor), x, direction) == pytest.approx(expected)
    assert traced == ["float64"]
    single = [a.astype(np.float32) for a in (POINT, direction)]
    slope(quadratic(SECOND), single[0], single[1])
    slope(quadratic(FIRST), single[0], single[1])
    assert traced == ["float64", "float32"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(quadratic(FIRST, 0.5, 2), id="exponent"),
        pytest.param(op("neg", quadratic(FIRST)), id="operation"),
    ],
)
def test_another_structure_is_another_function(other: Expression) -> None:
    def change(f: Callable[[Any], Any], x: Any) -> Any:
        return f(x)

    first, second = (float(evaluate_on(change, body, POINT)) for body in (quadratic(FIRST), other))
    value = 0.5 * POINT @ FIRST @ POINT
    assert first == pytest.approx(value)
    assert second == pytest.approx(-value if other.op == "neg" else 2 * value**2)


def test_shapes_of_constants_may_differ() -> None:
    def change(f: Callable[[Any], Any], x: Any) -> Any:
        return f(x)

    for rows in (1, 4):
        body = op("sum", op("matmul", np.ones((rows, 3)), X))
        assert float(evaluate_on(change, body, POINT)) == pytest.approx(rows * 1.5)


def test_whoever_needs_no_compiler_loads_none() -> None:
    """Answers come from NumPy: only the spread of single precision asks for JAX."""
    program = """if True:
        import sys
        from adcheck.assignment import available
        from adcheck.model import Array, Context, Returned
        for assignment in available():
            items = {item.id: item for item in assignment.items}
            for id_, task in assignment.load_tasks().items():
                for case in task.cases(Context(items[id_], 0))[:2]:
                    if case.expected is None:
                        continue
                    for mistake in task.mistakes:
                        mistake.variant(case)
                    values = [
                        tuple(Array(a, "float64") for a in answer)
                        if isinstance(answer, tuple) else Array(answer, "float64")
                        for answer in case.expected()
                    ]
                    assert case.judge([Returned(value, 0.0) for value in values]).ok
        assert "jax" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


# --------------------------------------------------------------------------- judges

WANTED = [np.array([1 / 3, 2 / 3]), np.array([5.1, 7.3])]


def replies(*values: Any, dtype: str = "float64") -> list[Returned]:
    made: list[Value] = [
        v if isinstance(v, Foreign) else Array(np.asarray(v, dtype), dtype) for v in values
    ]
    return [Returned(value, 0.0) for value in made]


def test_all_calls_right_is_right_and_tells_the_largest_error() -> None:
    off = [WANTED[0], WANTED[1] + 0.25 * RELATIVE_FLOAT64 * 7.3]
    comparison = judge_all(WANTED)(replies(*off))
    assert comparison.ok
    assert comparison.error == pytest.approx(0.25, rel=1e-3)


@pytest.mark.parametrize(
    ("returned", "kind", "call"),
    [
        pytest.param([WANTED[0], WANTED[1] + 1], Kind.VALUE, 1, id="second"),
        pytest.param([WANTED[0] + 1, WANTED[1] + 9], Kind.VALUE, 0, id="both"),
        pytest.param([WANTED[0] * np.nan, WANTED[1][:1]], Kind.NON_FINITE, 0, id="nan-then-shape"),
        pytest.param([WANTED[0], WANTED[1][:1]], Kind.SHAPE, 1, id="shape"),
        pytest.param([WANTED[0], Foreign("NoneType", "None")], Kind.STRUCTURE, 1, id="none"),
        pytest.param([WANTED[0], WANTED[0]], Kind.VALUE, 1, id="the-first-again"),
    ],
)
def test_the_first_call_that_differs_decides(returned: list[Any], kind: Kind, call: int) -> None:
    comparison = judge_all(WANTED)(replies(*returned))
    assert (comparison.kind, comparison.call) == (kind, call)


def test_calls_that_did_not_return_are_not_judged() -> None:
    assert judge_all(WANTED)(replies(WANTED[0])).ok
    assert judge_all(WANTED)(replies(WANTED[0] + 1)).kind is Kind.VALUE


def test_the_tolerance_of_doubles_can_be_set() -> None:
    off = replies(WANTED[0] * (1 + 1e-7), WANTED[1])
    assert judge_all(WANTED)(off).kind is Kind.VALUE
    assert judge_all(WANTED, double=1e-6)(off).ok


def counted(spreads: Sequence[float]) -> tuple[list[Callable[[], float]], list[int]]:
    """Spreads, and which of them were evaluated."""
    asked: list[int] = []

    def made(index: int) -> Callable[[], float]:
        def spread() -> float:
            asked.append(index)
            return spreads[index]

        return spread

    return [made(index) for index in range(len(spreads))], asked


def test_each_call_has_the_tolerance_of_its_own_spread() -> None:
    spreads, asked = counted([1e-5, 0.0])
    judge = judge_all(WANTED, spreads)
    allowed = [SPREAD_FACTOR * 1e-5, FLOOR_FLOAT32]
    for part, ok in ((0.9, True), (1.2, False)):
        for call in range(2):
            off = [w.copy() for w in WANTED]
            off[call][1] *= 1 + part * allowed[call]
            comparison = judge(replies(*off, dtype="float32"))
            assert (comparison.ok, comparison.call) == (ok, 0 if ok else call)
    assert sorted(asked) == [0, 0, 1, 1], (
        "interpreted and compiled once, however often it is judged"
    )


def test_a_result_well_within_the_interpreted_spread_is_not_compiled_for() -> None:
    spreads, asked = counted([1e-3, 1e-3])
    judge = judge_all(WANTED, spreads)
    off = [wanted * (1 + 0.03 * SPREAD_FACTOR * 1e-3) for wanted in WANTED]
    assert judge(replies(*off, dtype="float32")).ok
    assert sorted(asked) == [0, 1]


def test_what_is_interpreted_is_what_is_compiled_up_to_rounding() -> None:
    def function(x: Any) -> Any:
        return jnp.sum(jnp.tanh(x) ** 3)

    point = POINT.astype("float32")
    compiled = evaluate(function, point)
    result = interpreted(lambda: evaluate(function, point))
    assert (result.dtype, result.shape) == (compiled.dtype, compiled.shape)
    assert float(result) == pytest.approx(float(compiled), rel=1e-6)


def test_a_spread_is_not_asked_for_where_results_are_doubles() -> None:
    spreads, asked = counted([1e-5, 1e-5])
    judge = judge_all(WANTED, spreads)
    assert judge(replies(*WANTED)).ok
    assert judge(replies(WANTED[0] * (1 + 1e-6), WANTED[1])).kind is Kind.VALUE
    assert asked == []


def test_a_spread_is_the_largest_error_beside_the_largest_entry() -> None:
    expected = np.array([1.0, -4.0])
    results = [expected, np.array([1.25, -4.0]), np.array([1.0, -3.5])]
    assert single_spread(expected, [partial(np.asarray, r) for r in results]) == 0.125
