"""Which constants of gradient descent explain a run, if any do.

In terms of u = 1 - alpha and b = beta ||x_0||^2, one step of plain gradient descent on L is
u_j <- u_j - b u_j prod_{k != j} u_k^2: two numbers, b and the count of steps, decide everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["DOUBLE", "SINGLE", "explained", "momentum_explains", "schedule_explains"]

Vector = npt.NDArray[np.float64]
Run = tuple[Vector, Vector]  # alphas, x0

DOUBLE = 1e-9
"""Largest error of an alpha. A thousand right steps in double precision end within 1e-13 of the
reference; momentum's and schedules' nearest misses differ from the fourth digit on."""

SINGLE = 1e-4
"""The same for results in single precision, whose rounding adds up over thousands of steps."""

MAX_STEPS = 20_000
FEW_STEPS = (*range(1, 101), *range(110, 1001, 10))
MANY_STEPS = tuple(range(1100, 10_001, 100))
USUAL_MOMENTUM = (0.9, 0.5, 0.8, 0.95, 0.99)


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
    for beta in _betas(literals):
        if all(_passes(run, beta * run.scale, tolerance) for run in runs):
            return True
    steps = [int(n) for n in literals if n == int(n) and 1 <= n <= MAX_STEPS]
    for counts in filter(None, (steps, FEW_STEPS, MANY_STEPS)):
        for count, b in _fits(runs[0], counts, tolerance):
            constant_beta = [run.scale * b / runs[0].scale for run in runs]
            same_b = [b] * len(runs)  # beta chosen as c / ||x0||^2
            for bs in (constant_beta, same_b):
                if all(_ends(run, c, count, tolerance) for run, c in zip(runs, bs, strict=True)):
                    return True
            if all(_passes(run, c, tolerance) for run, c in zip(runs, constant_beta, strict=True)):
                return True
    return False


def momentum_explains(
    starts: Sequence[Run], ends: Sequence[Vector], literals: Sequence[float], tolerance: float
) -> bool:
    """Whether a method with momentum and the source's own constants explains every run.

    Polyak's heavy ball, with or without averaging, and Nesterov's look-ahead.
    """
    runs = [_Run.of(start, end) for start, end in zip(starts, ends, strict=True)][:2]
    for beta, factor in product(_betas(literals), _factors(literals)):
        rules = (
            partial(_heavy_ball, factor=factor, gain=1.0),
            partial(_heavy_ball, factor=factor, gain=1.0 - factor),
            partial(_nesterov, factor=factor),
        )
        if any(_all_pass(runs, beta, rule, tolerance) for rule in rules):
            return True
    return False


def schedule_explains(
    starts: Sequence[Run], ends: Sequence[Vector], literals: Sequence[float], tolerance: float
) -> bool:
    """Whether descent with a beta that shrinks from step to step explains every run."""
    runs = [_Run.of(start, end) for start, end in zip(starts, ends, strict=True)][:2]
    schedules: list[Callable[[int], float]] = [
        lambda k: 1.0 / (k + 1),
        lambda k: 1.0 / (k + 1) ** 0.5,
        *[partial(pow, factor) for factor in _factors(literals)],
        *[partial(_inverse_time, rate) for rate in literals if 0 < rate < 10],
    ]
    for beta, schedule in product(_betas(literals), schedules):
        if _all_pass(runs, beta, partial(_scheduled, schedule=schedule), tolerance):
            return True
    return False


def _factors(literals: Sequence[float]) -> set[float]:
    return {factor for factor in (*literals, *USUAL_MOMENTUM) if 0 < factor < 1}


def _inverse_time(rate: float, k: int) -> float:
    return 1.0 / (1.0 + rate * k)


@dataclass(frozen=True)
class _Run:
    """One run in terms of u: where it started and ended, and ||x0||^2."""

    u: Vector
    end: Vector
    scale: float

    @staticmethod
    def of(start: Run, end: Vector) -> _Run:
        return _Run(1.0 - start[0], 1.0 - end, float(start[1] @ start[1]))


def _betas(literals: Sequence[float]) -> list[float]:
    return sorted({beta for beta in literals if 0 < beta < 1})


def _slope(u: Vector) -> Vector:
    """u_j prod_{k != j} u_k^2, along the last axis; exact where some u_k is zero."""
    rest = np.prod(np.where(np.eye(u.shape[-1], dtype=bool), 1.0, u[..., None, :] ** 2), axis=-1)
    return np.asarray(u * rest)


def _trajectory(run: _Run, step: Callable[[Vector], Vector]) -> Iterator[Vector]:
    """Iterates until they pass the run's end; L's gradient lets every u fall."""
    u = run.u
    for _ in range(MAX_STEPS):
        with np.errstate(all="ignore"):
            u = step(u)
        if not np.isfinite(u).all():
            return
        yield u
        if np.all(u < run.end - 0.01) and np.all(run.end > 0):
            return


Step = Callable[[Vector], Vector]


def _reaches(run: _Run, step: Step, tolerance: float) -> bool:
    return any(np.max(np.abs(u - run.end)) <= tolerance for u in _trajectory(run, step))


def _passes(run: _Run, b: float, tolerance: float) -> bool:
    return _reaches(run, lambda u: u - b * _slope(u), tolerance)


def _all_pass(
    runs: Sequence[_Run], beta: float, rule: Callable[[float], Step], tolerance: float
) -> bool:
    return all(_reaches(run, rule(beta * run.scale), tolerance) for run in runs)


def _heavy_ball(b: float, factor: float, gain: float) -> Step:
    velocity: Any = 0.0

    def step(u: Vector) -> Vector:
        nonlocal velocity
        velocity = factor * velocity + gain * _slope(u)
        return np.asarray(u - b * velocity)

    return step


def _nesterov(b: float, factor: float) -> Step:
    velocity: Any = 0.0

    def step(u: Vector) -> Vector:
        nonlocal velocity
        velocity = factor * velocity + b * _slope(u - factor * velocity)
        return np.asarray(u - velocity)

    return step


def _scheduled(b: float, schedule: Callable[[int], float]) -> Step:
    count = 0

    def step(u: Vector) -> Vector:
        nonlocal count
        count += 1
        return np.asarray(u - b * schedule(count - 1) * _slope(u))

    return step


def _ends(run: _Run, b: float, count: int, tolerance: float) -> bool:
    return bool(np.max(np.abs(_after(run.u, np.array([b]), np.array([count]))[0] - run.end))
                <= tolerance)  # fmt: skip


def _fits(run: _Run, counts: Sequence[int], tolerance: float) -> Iterator[tuple[int, float]]:
    """Pairs of a count of steps and b that lead to the run's end.

    For each count, b is found by the secant method on the mean of u, from the value that a
    gradient flow would need; a pair is kept if all ten coordinates agree.
    """
    steps = np.unique(np.array(counts, np.int64))
    time = _flow_time(run)
    if time is None:
        return
    older, b = 0.98 * time / steps, time / steps
    with np.errstate(all="ignore"):
        older_miss = _miss(run, older, steps)
        for _ in range(12):
            miss = _miss(run, b, steps)
            slope = (miss - older_miss) / (b - older)
            update = np.where(np.isfinite(miss / slope), miss / slope, 0.0)
            older, older_miss, b = b, miss, b - update
            if np.max(np.abs(update) / np.abs(b)) < 1e-14:
                break
        error = np.max(np.abs(_after(run.u, b, steps) - run.end), axis=1)
    for index in np.flatnonzero(error <= tolerance):
        yield int(steps[index]), float(b[index])


def _miss(run: _Run, b: Vector, steps: npt.NDArray[np.int64]) -> Vector:
    return np.asarray(np.mean(_after(run.u, b, steps), axis=1) - np.mean(run.end))


def _after(start: Vector, b: Vector, steps: npt.NDArray[np.int64]) -> Vector:
    """U after each count of steps with each b: shape ``(len(b), 10)``."""
    u = np.tile(start, (len(b), 1))
    order = np.argsort(steps)
    for step in range(int(steps.max())):
        active = order[np.searchsorted(steps[order], step, side="right") :]
        u[active] -= b[active, None] * _slope(u[active])
    return u


def _flow_time(run: _Run) -> float | None:
    """The time a gradient flow needs to the run's mean u; None where it never gets there."""
    u, time, goal = run.u, 0.0, float(np.mean(run.end))
    for _ in range(MAX_STEPS):
        mean = float(np.mean(u))
        if mean <= goal:
            return time if time > 0 else None
        slope = _slope(u)
        step = min(1e-3, mean - goal) / float(np.mean(slope)) + 1e-12
        u, time = u - step * slope, time + step
    return None
