import math

import numpy as np
import pytest

from adcheck.fits import fit, student_quantile


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    # Abramowitz and Stegun, table 26.10
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (13, 2.160), (30, 2.042)],
)
def test_students_quantile(freedom: int, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, abs=5e-4)


def test_an_exact_power_law() -> None:
    found = fit([1, 2, 5, 10], [3 * n**1.5 for n in (1, 2, 5, 10)])
    assert found is not None
    assert found.exponent == pytest.approx(1.5)
    assert found.high - found.low < 1e-12
    assert found.at(4) == pytest.approx(24)
    assert (found.sizes, found.points) == ((1.0, 10.0), 4)


def test_the_interval_holds_the_exponent_in_95_of_100_experiments() -> None:
    rng = np.random.default_rng(0)
    sizes = [10, 20, 50, 100, 200, 500]
    held = 0
    for _ in range(2000):
        seconds = np.exp(2 * np.log(sizes) + 0.3 * rng.standard_normal(len(sizes)))
        found = fit(sizes, seconds.tolist())
        assert found is not None
        held += found.low <= 2 <= found.high
    assert abs(held / 2000 - 0.95) < 0.02  # 4 standard deviations of the share


def test_too_few_points() -> None:
    assert fit([], []) is None
    assert fit([3, 3], [1, 2]) is None
    two = fit([1, 2], [1, 4])
    assert two is not None
    assert two.exponent == pytest.approx(2)
    assert (two.low, two.high) == (-math.inf, math.inf)
