"""Exponents of power laws, fitted to measured times.

For t = a n^q, log t is linear in log n; q is the slope of the least squares line, and with m points
and residuals r its standard error is

    se = sqrt( sum r^2 / (m - 2) / sum (log n - mean log n)^2 ),

so that q lies in  slope ± t se  in 95 of 100 experiments, t being the quantile 0.975 of Student's
distribution with m - 2 degrees of freedom. That holds if the residuals are independent, of one
size and normal, and if it *is* a power law: the interval tells of the scatter about the line, not
of a curve that is bent. Source: Draper and Smith, "Applied Regression Analysis", section 1.4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Fit", "fit", "student_quantile"]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Fit:
    """A power law t = factor * n^exponent.

    Attributes:
        exponent: the slope on log-log axes.
        low: lower end of the exponent's interval of confidence.
        high: upper end.
        factor: seconds at n = 1.
        sizes: smallest and largest n that it was fitted to.
        points: how many.
    """

    exponent: float
    low: float
    high: float
    factor: float
    sizes: tuple[float, float]
    points: int

    def at(self, n: float) -> float:
        """Seconds at a size."""
        return self.factor * math.pow(n, self.exponent)


def fit(sizes: Sequence[float], seconds: Sequence[float]) -> Fit | None:
    """Fits a power law.

    Args:
        sizes: positive, shape (m,).
        seconds: positive, shape (m,).

    Returns:
        The fit, with infinite ends for two points; None for fewer than two different sizes.
    """
    if len(set(sizes)) < 2:
        return None
    x, y = np.log(np.asarray(sizes, float)), np.log(np.asarray(seconds, float))
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    offset = float(y.mean() - slope * x.mean())
    freedom = x.size - 2
    width = math.inf
    if freedom > 0:
        residuals = y - offset - slope * x
        error = math.sqrt(float(residuals @ residuals) / freedom / spread)
        width = student_quantile((1 + CONFIDENCE) / 2, freedom) * error
    ends = (float(min(sizes)), float(max(sizes)))
    return Fit(slope, slope - width, slope + width, math.exp(offset), ends, x.size)


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's distribution, by bisection of its closed form.

    Args:
        probability: from 0.5 to below 1.
        freedom: degrees of freedom, a whole number from 1.
    """
    low, high = 0.0, 1.0
    while _central(high, freedom) < 2 * probability - 1:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        if _central(middle, freedom) < 2 * probability - 1:
            low = middle
        else:
            high = middle
    return high


def _central(t: float, freedom: int) -> float:
    """The probability of [-t, t]: a finite sum for whole degrees of freedom.

    Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(freedom))
    cosine = math.cos(angle)
    odd = freedom % 2 == 1
    term = cosine if odd else 1.0
    total = term if freedom > 1 or not odd else 0.0
    for k in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total
