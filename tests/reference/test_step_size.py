"""`reference.step_size` against formulas on paper, and those against float64 differences."""

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from reference import step_size
from reference import step_size_closed_form as paper

Vector = NDArray[np.float64]

SEEDS = [pytest.param(seed, id=f"seed{seed}") for seed in (0, 1, 2)]
SCHEDULES = [
    pytest.param(high, count, seed, id=f"up-to-{high}-{count}-steps-seed{seed}")
    for high, count, seed in [(0.1, 10, 0), (1.5, 10, 1), (1.5, 3, 2), (0.5, 1, 3)]
]


def draw(seed: int, *, high: float = 0.1, count: int = 10) -> tuple[Vector, Vector]:
    """Step sizes from [0, high]^count and a start from [0, 1]^1000."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, high, count), rng.uniform(0, 1, 1000)


def assert_close(actual: jax.Array, expected: object, relative: float) -> None:
    """Same shape, float64, and no entry off by more than a part of the largest one."""
    expected = np.asarray(expected)
    assert actual.dtype == np.float64
    assert actual.shape == expected.shape
    assert np.max(np.abs(np.asarray(actual) - expected)) <= relative * np.max(np.abs(expected))


# The formulas, against a loop and differences in NumPy.


def descend(alphas: Vector, x0: Vector) -> float:
    """L by taking the steps one after the other; the gradient of f at x is x."""
    x = x0
    for alpha in alphas:
        x = x - alpha * x
    return float(0.5 * np.sum(x * x))


def central(function: object, at: Vector, step: float) -> Vector:
    """Central differences of `function`, one row for each entry of `at`."""
    assert callable(function)
    rows = [function(at + step * e) - function(at - step * e) for e in np.eye(at.size)]
    return np.array(rows) / (2 * step)


@pytest.mark.parametrize(("high", "count", "seed"), SCHEDULES)
def test_formula_of_the_loss(high: float, count: int, seed: int) -> None:
    alphas, x0 = draw(seed, high=high, count=count)
    assert paper.closed_form_loss(alphas, x0) == pytest.approx(descend(alphas, x0), rel=1e-13)


@pytest.mark.parametrize(("high", "count", "seed"), SCHEDULES)
def test_formula_of_the_gradient(high: float, count: int, seed: int) -> None:
    alphas, x0 = draw(seed, high=high, count=count)
    expected = central(lambda point: descend(point, x0), alphas, 1e-6)
    gradient = paper.closed_form_gradient(alphas, x0)
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-7 * np.max(np.abs(expected)))


@pytest.mark.parametrize(("high", "count", "seed"), SCHEDULES)
def test_formula_of_the_hessian(high: float, count: int, seed: int) -> None:
    alphas, x0 = draw(seed, high=high, count=count)
    expected = central(lambda point: paper.closed_form_gradient(point, x0), alphas, 1e-6)
    hessian = paper.closed_form_hessian(alphas, x0)
    np.testing.assert_allclose(hessian, expected, rtol=0, atol=1e-7 * np.max(np.abs(expected)))


def test_formulas_do_not_divide_by_a_step_size_of_one() -> None:
    alphas, x0 = np.array([1.0, 0.5, 0.5]), np.array([2.0])
    assert paper.closed_form_loss(alphas, x0) == 0
    assert paper.closed_form_gradient(alphas, x0).tolist() == [0, 0, 0]
    assert paper.closed_form_hessian(alphas, x0).tolist() == [[0.25, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_trajectory_starts_at_the_start_and_follows_the_gradient() -> None:
    alphas, x0 = draw(0)
    trajectory = paper.closed_form_trajectory(alphas, x0, 1e-4, 2)
    first = alphas - 1e-4 * paper.closed_form_gradient(alphas, x0)
    second = first - 1e-4 * paper.closed_form_gradient(first, x0)
    np.testing.assert_allclose(trajectory, [alphas, first, second], rtol=1e-14)


# The reference in JAX, against the formulas.


@pytest.mark.parametrize("name", step_size.GD_LOSSES)
@pytest.mark.parametrize(("high", "count", "seed"), SCHEDULES)
def test_losses_have_the_formula_s_value_and_gradient(
    name: str, high: float, count: int, seed: int
) -> None:
    alphas, x0 = draw(seed, high=high, count=count)
    value, gradient = jax.jit(jax.value_and_grad(step_size.GD_LOSSES[name]))(alphas, x0)
    assert_close(value, paper.closed_form_loss(alphas, x0), 1e-12)
    assert_close(gradient, paper.closed_form_gradient(alphas, x0), 1e-12)


def test_no_steps_leave_the_start() -> None:
    x0 = draw(0)[1]
    assert_close(step_size.gd_loss(np.zeros(0), x0), 0.5 * np.sum(x0**2), 1e-14)


@pytest.mark.parametrize(
    ("beta", "num_steps"), [(1e-4, 0), (1e-3, 1), (1e-4, 100), (1e-3, 1000)], ids=str
)
@pytest.mark.parametrize("seed", SEEDS)
def test_tuning_follows_the_trajectory(seed: int, beta: float, num_steps: int) -> None:
    alphas, x0 = draw(seed)
    tuned = step_size.tune_step_sizes(alphas, x0, beta, num_steps)
    assert_close(tuned, paper.closed_form_trajectory(alphas, x0, beta, num_steps)[-1], 1e-11)


@pytest.mark.parametrize("name", step_size.GD_LOSSES)
def test_tuning_by_equivalent_losses_agrees(name: str) -> None:
    alphas, x0 = draw(0)
    tuned = step_size.tune_step_sizes(alphas, x0, 1e-4, 50, loss=step_size.GD_LOSSES[name])
    assert_close(tuned, step_size.tune_step_sizes(alphas, x0, 1e-4, 50), 1e-12)


@pytest.mark.parametrize(("high", "count", "seed"), SCHEDULES)
def test_optimality_has_the_formulas_norm_and_spectrum(high: float, count: int, seed: int) -> None:
    alphas, x0 = draw(seed, high=high, count=count)
    norm, eigenvalues = step_size.local_optimality(alphas, x0)
    assert_close(norm, np.linalg.norm(paper.closed_form_gradient(alphas, x0)), 1e-12)
    assert_close(eigenvalues, np.linalg.eigvalsh(paper.closed_form_hessian(alphas, x0)), 1e-11)
    assert np.all(np.diff(eigenvalues) >= 0)


@pytest.mark.parametrize("name", step_size.GD_LOSSES)
def test_optimality_by_equivalent_losses_agrees(name: str) -> None:
    alphas, x0 = draw(0)
    other = step_size.local_optimality(alphas, x0, loss=step_size.GD_LOSSES[name])
    for actual, expected in zip(other, step_size.local_optimality(alphas, x0), strict=True):
        assert_close(actual, expected, 1e-12)


# Facts on which the checks of this assignment rest.


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.6], ids="alpha{}".format)
def test_equal_step_sizes_have_an_indefinite_hessian(alpha: float) -> None:
    x0 = draw(0)[1]
    scale = np.sum(x0**2) * (1 - alpha) ** 18
    eigenvalues = step_size.local_optimality(np.full(10, alpha), x0)[1]
    assert_close(eigenvalues, [-scale] * 9 + [19 * scale], 1e-12)


def test_gradient_and_hessian_vanish_at_the_minimum() -> None:
    norm, eigenvalues = step_size.local_optimality(np.ones(10), draw(0)[1])
    assert norm == 0
    assert not np.any(eigenvalues)


@pytest.mark.parametrize(
    ("beta", "num_steps", "low", "high"),
    [(1e-4, 100, 0.02, 0.04), (1e-3, 1000, 1e-4, 3e-4)],
    ids=["100-steps-of-1e-4", "1000-steps-of-1e-3"],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_good_constants_make_loss_and_gradient_fall_without_reaching_one(
    seed: int, beta: float, num_steps: int, low: float, high: float
) -> None:
    alphas, x0 = draw(seed)
    tuned = step_size.tune_step_sizes(alphas, x0, beta, num_steps)
    before, after = (jax.jit(step_size.gd_loss)(point, x0) for point in (alphas, tuned))
    assert low < after / before < high
    before, after = (step_size.local_optimality(point, x0)[0] for point in (alphas, tuned))
    assert after < 2 * high * before
    assert np.max(tuned) < 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_small_steps_keep_the_differences_of_squares(seed: int) -> None:
    alphas, x0 = draw(seed)
    tuned = step_size.tune_step_sizes(alphas, x0, 1e-6, 1000)
    change = (1 - np.asarray(tuned)) ** 2 - (1 - alphas) ** 2
    assert np.max(change) < -0.1
    assert np.ptp(change) < 1e-3 * -np.max(change)


def test_the_common_factor_falls_like_the_18th_root_of_time() -> None:
    alphas, x0 = np.full(10, 0.05), draw(0)[1]
    early, late = (
        1 - np.asarray(step_size.tune_step_sizes(alphas, x0, 1e-3, steps))[0]
        for steps in (1000, 8000)
    )
    assert late / early == pytest.approx(8 ** (-1 / 18), rel=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_step_times_the_factor_is_the_same_for_all(seed: int) -> None:
    alphas, x0 = draw(seed)
    moved = np.asarray(step_size.tune_step_sizes(alphas, 0.01 * x0, 1e-4, 5)) - alphas
    products = moved * (1 - alphas)
    assert np.ptp(products) < 1e-3 * np.min(products)


# Precision.


def test_float32_goes_in_and_comes_out() -> None:
    alphas, x0 = (array.astype(np.float32) for array in draw(0))
    results = [
        step_size.f(x0),
        *(loss(alphas, x0) for loss in step_size.GD_LOSSES.values()),
        step_size.tune_step_sizes(alphas, x0, 1e-4, 3),
        step_size.tune_step_sizes(alphas, x0, np.float64(1e-4), 3),
        *step_size.local_optimality(alphas, x0),
    ]
    assert {str(result.dtype) for result in results} == {"float32"}
    assert results[1] == pytest.approx(paper.closed_form_loss(*draw(0)), rel=1e-5)
