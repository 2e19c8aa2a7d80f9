"""Which constants of gradient descent explain a run, if any do.

In terms of u = 1 - alpha and b = beta ||x_0||^2, one step of plain gradient descent on L is
u_j <- u_j - b u_j prod_{k != j} u_k^2: two numbers, b and the count of steps, decide everything.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["DOUBLE", "SINGLE", "Method", "explained", "flows", "known_method"]

Vector = npt.NDArray[np.float64]
Run = tuple[Vector, Vector]  # alphas, x0

DOUBLE = 1e-9
"""Largest error of an alpha. A thousand right steps in double precision end within 1e-13 of the
reference; momentum's and schedules' nearest misses differ from the fourth digit on."""

SINGLE = 1e-4
"""The same for results in single precision, whose rounding adds up over thousands of steps."""

MAX_STEPS = 20_000
FEW_STEPS = tuple(range(1, 101))
MANY_STEPS = (*range(110, 1001, 10), *range(1100, 10_001, 100))
USUAL_MOMENTUM = (0.9, 0.5, 0.8, 0.95, 0.99)

DRIFT = 0.25
"""How much the differences of the u_j^2 may change, beside their spread, over many steps of plain
descent. Under gradient flow they stay; a hundred steps or more that end in the same place are
short ones, of which each changes them in second order only (0.05 at most over 110 steps)."""


MOST_CONSTANTS = 50
MOST_PAIRED = 10
"""Numbers of a source that are tried as its constants, one at a time and in pairs. A function has
a handful; a file with 550 of them would take the grader minutes."""


class Method(enum.Enum):
    """What leads from a start to an end."""

    PLAIN = "plain gradient descent with a constant beta"
    MOMENTUM = "gradient descent with momentum"
    SCHEDULE = "gradient descent with a beta that shrinks"


def explained(
    starts: Sequence[Run], ends: Sequence[Vector], literals: Sequence[float], tolerance: float
) -> bool:
    """Whether plain gradient descent with one constant beta leads from every start to its end.

    The number of steps may differ between runs, as it does where a rule stops the descent.

    Args:
        starts: alphas ``(10,)`` and x0 of each run.
        ends: alphas ``(10,)`` that each run returned.
        literals: numbers that stand in the student's function: first guesses.
        tolerance: largest error of an alpha.
    """
    runs = [_Run.of(start, end) for start, end in zip(starts, ends, strict=True)]
    if _explaining(runs, [_Rule(beta) for beta in _betas(literals)], tolerance):
        return True
    steps = [int(n) for n in literals if n == int(n) and 1 <= n <= MAX_STEPS][:MOST_CONSTANTS]
    many = MANY_STEPS if flows(starts, ends) else ()
    for counts in filter(None, (steps, FEW_STEPS, many)):
        for count, b in _fits(runs[0], counts, tolerance):
            constant_beta = [run.scale * b / runs[0].scale for run in runs]
            same_b = [b] * len(runs)  # beta chosen as c / ||x0||^2
            for bs in (constant_beta, same_b):
                if all(_ends(run, c, count, tolerance) for run, c in zip(runs, bs, strict=True)):
                    return True
            if _explaining(runs, [_Rule(b / runs[0].scale)], tolerance):
                return True
    return False


def flows(starts: Sequence[Run], ends: Sequence[Vector]) -> bool:
    """Whether every run may have followed the gradient flow of L, however far.

    Under the flow u_i^2 - u_j^2 stays constant for all i and j.
    """
    for start, end in zip(starts, ends, strict=True):
        run = _Run.of(start, end)
        with np.errstate(all="ignore"):
            change = np.ptp(run.end**2 - run.u**2)
        if not change <= DRIFT * np.ptp(run.u**2):
            return False
    return True


def known_method(
    starts: Sequence[Run], ends: Sequence[Vector], literals: Sequence[float], tolerance: float
) -> Method | None:
    """The method that explains every run with the source's own constants.

    Plain descent, Polyak's heavy ball, with or without averaging, Nesterov's look-ahead, and
    schedules of beta.
    """
    runs = [_Run.of(start, end) for start, end in zip(starts, ends, strict=True)][:2]
    plain = [_Rule(beta) for beta in _betas(literals)]
    if _explaining(runs, plain, tolerance) is not None:
        return Method.PLAIN  # in single precision another method may come as near, and sooner
    factors = dict.fromkeys((*_betas(literals, MOST_PAIRED), *USUAL_MOMENTUM))
    rates = [rate for rate in literals if 0 < rate < 10][:MOST_PAIRED]
    rules = []
    for beta in _betas(literals, MOST_PAIRED):
        for f in factors:
            rules.append(_Rule(beta, factor=f))
            rules.append(_Rule(beta, factor=f, gain=1.0 - f))
            rules.append(_Rule(beta, factor=f, ahead=1.0))
            rules.append(_Rule(beta, decay=f))
        rules += [_Rule(beta, power=power) for power in (1.0, 0.5)]
        rules += [_Rule(beta, rate=rate) for rate in rates]
    rule = _explaining(runs, rules, tolerance)
    if rule is None:
        return None
    return Method.MOMENTUM if rule.factor else Method.SCHEDULE


def _betas(literals: Sequence[float], most: int = MOST_CONSTANTS) -> list[float]:
    """The first of the source's numbers that can be step sizes: its function's own come first."""
    return list(dict.fromkeys(beta for beta in literals if 0 < beta < 1))[:most]


@dataclass(frozen=True)
class _Rule:
    """A descent: velocity <- factor velocity + step slope(u - ahead factor velocity).

    The step in iteration k is beta ||x0||^2 gain decay^k (k + 1)^-power / (1 + rate k); with the
    defaults this is plain gradient descent.
    """

    beta: float
    factor: float = 0.0
    gain: float = 1.0
    ahead: float = 0.0
    decay: float = 1.0
    power: float = 0.0
    rate: float = 0.0


@dataclass(frozen=True)
class _Run:
    """One run in terms of u: where it started and ended, and ||x0||^2."""

    u: Vector
    end: Vector
    scale: float

    @staticmethod
    def of(start: Run, end: Vector) -> _Run:
        return _Run(1.0 - start[0], 1.0 - end, float(start[1] @ start[1]))

    @cached_property
    def flow_time(self) -> float | None:
        """The time a gradient flow needs to the run's mean u; None where it never gets there."""
        u, time, goal = self.u, 0.0, float(np.mean(self.end))
        for _ in range(MAX_STEPS):
            mean = float(np.mean(u))
            if mean <= goal:
                return time if time > 0 else None
            with np.errstate(all="ignore"):  # close to the minimum L is too flat for a step
                slope = _slope(u)
                step = min(1e-3, mean - goal) / float(np.mean(slope)) + 1e-12
                u, time = u - step * slope, time + step
        return None


def _explaining(runs: Sequence[_Run], rules: Sequence[_Rule], tolerance: float) -> _Rule | None:
    """A rule under which every run passes its end, after any number of steps; the quickest."""
    first, *others = runs
    left = list(rules)
    while left:
        found = _passing(first, left, tolerance)
        if found is None:
            return None
        rule = left.pop(found)
        if all(_passing(run, [rule], tolerance) is not None for run in others):
            return rule
    return None


def _passing(run: _Run, rules: Sequence[_Rule], tolerance: float) -> int | None:
    """The index of the first rule of which an iterate is the run's end; all go side by side.

    L's gradient lets every u fall, so that a rule is done once it is below the end.
    """
    left = np.arange(len(rules))
    table = np.array([astuple(rule) for rule in rules])
    u, velocity = np.tile(run.u, (len(rules), 1)), np.zeros((len(rules), run.u.size))
    positive = bool(np.all(run.end > 0))
    with np.errstate(all="ignore"):
        for k in range(MAX_STEPS):
            beta, factor, gain, ahead, decay, power, rate = table[left].T
            step = beta * run.scale * gain * decay**k * (k + 1.0) ** -power / (1.0 + rate * k)
            kept = factor[:, None] * velocity
            velocity = kept + step[:, None] * _slope(u - ahead[:, None] * kept)
            u = u - velocity
            there = np.max(np.abs(u - run.end), axis=1) <= tolerance
            if there.any():
                return int(left[np.argmax(there)])
            below = np.all(u < run.end - 0.01, axis=1) & positive
            going = np.isfinite(u).all(axis=1) & ~below
            left, u, velocity = left[going], u[going], velocity[going]
            if not left.size:
                break
    return None


def _slope(u: Vector) -> Vector:
    """u_j prod_{k != j} u_k^2, along the last axis; exact where some u_k is zero."""
    squares = u**2
    before, after = np.ones_like(u), np.ones_like(u)
    np.cumprod(squares[..., :-1], axis=-1, out=before[..., 1:])
    after[..., :-1] = np.cumprod(squares[..., :0:-1], axis=-1)[..., ::-1]
    return np.asarray(u * before * after)


def _ends(run: _Run, b: float, count: int, tolerance: float) -> bool:
    return bool(np.max(np.abs(_after(run.u, np.array([b]), np.array([count]))[0] - run.end))
                <= tolerance)  # fmt: skip


def _fits(run: _Run, counts: Sequence[int], tolerance: float) -> Iterator[tuple[int, float]]:
    """Pairs of a count of steps and b that lead to the run's end.

    For each count, b is found by the secant method on the mean of u, from the value that a
    gradient flow would need; a pair is kept if all ten coordinates agree.
    """
    steps = np.unique(np.array(counts, np.int64))
    if run.flow_time is None:
        return
    time = run.flow_time

    def miss(b: Vector) -> Vector:
        return np.asarray(np.mean(_after(run.u, b, steps), axis=1) - np.mean(run.end))

    older, b = 0.98 * time / steps, time / steps
    with np.errstate(all="ignore"):
        older_miss = miss(older)
        for _ in range(12):
            newer_miss = miss(b)
            slope = (newer_miss - older_miss) / (b - older)
            update = np.where(np.isfinite(newer_miss / slope), newer_miss / slope, 0.0)
            older, older_miss, b = b, newer_miss, b - update
            if np.max(np.abs(update) / np.abs(b)) < 1e-14:
                break
        error = np.max(np.abs(_after(run.u, b, steps) - run.end), axis=1)
    for index in np.flatnonzero(error <= tolerance):
        yield int(steps[index]), float(b[index])


def _after(start: Vector, b: Vector, steps: npt.NDArray[np.int64]) -> Vector:
    """U after each count of steps with each b: shape ``(len(b), 10)``."""
    u = np.tile(start, (len(b), 1))
    order = np.argsort(steps)
    for step in range(int(steps.max())):
        active = order[np.searchsorted(steps[order], step, side="right") :]
        u[active] -= b[active, None] * _slope(u[active])
    return u
