"""Answers of `step_size` that have to pass, and answers that are wrong on few inputs.

The right ones are the formulations of `reference.step_size` in either precision; the answers that
they are judged by are the closed forms. JAX is imported when the first is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import evaluate
from adcheck.model import Answer, Case, Variant
from reference import step_size_closed_form as closed

from . import mistakes

AnyArray = npt.NDArray[Any]
Vector = npt.NDArray[np.float64]

NAMES = ("scan", "scaling", "from-last")
"""Of the formulations of `reference.step_size`."""

OWN_CONSTANTS = (1e-3, 1000)
"""Beta and the number of steps that a right answer chooses where these are its own."""


def loss(alphas: AnyArray, x0: AnyArray, name: str) -> AnyArray:
    """L by one formulation, in the precision of the arguments."""
    return evaluate(_loss(name), alphas, x0)


def gradient(alphas: AnyArray, x0: AnyArray, name: str) -> AnyArray:
    """Its gradient in alphas."""
    return evaluate(_gradient(name), alphas, x0)


def tuned(alphas: AnyArray, x0: AnyArray, beta: float, count: int, name: str) -> AnyArray:
    """Where descent on one formulation ends."""
    return evaluate(_descent(name), alphas, x0, np.asarray(beta, alphas.dtype), np.asarray(count))


def evidence(alphas: AnyArray, x0: AnyArray, name: str) -> tuple[AnyArray, AnyArray]:
    """Gradient norm and eigenvalues by one formulation."""
    numbers = evaluate(_norm_and_eigenvalues(name), alphas, x0)
    return numbers[0], numbers[1:]


@cache
def _loss(name: str) -> Callable[..., Any]:
    from reference import step_size as reference

    return reference.GD_LOSSES[name]


@cache
def _gradient(name: str) -> Callable[..., Any]:
    """One and the same function object each time, so that JAX compiles it once per shape."""
    import jax

    derivative: Callable[..., Any] = jax.grad(_loss(name))
    return derivative


@cache
def _descent(name: str) -> Callable[..., Any]:
    from reference import step_size as reference

    return partial(reference.tune_step_sizes, loss=_loss(name))


@cache
def _norm_and_eigenvalues(name: str) -> Callable[..., Any]:
    import jax.numpy as jnp

    from reference import step_size as reference

    def numbers(alphas: Any, x0: Any) -> Any:
        norm, eigenvalues = reference.local_optimality(alphas, x0, loss=_loss(name))
        return jnp.concatenate([norm[None], eigenvalues])

    return numbers


# --------------------------------------------------------------------------- right answers

Compute = Callable[[Case, str, str], Sequence[Answer]]


def _losses(case: Case, name: str, dtype: str) -> Sequence[Answer]:
    answers: list[Answer] = []
    for alphas, x0 in case.data["points"]:
        point = alphas.astype(dtype), x0.astype(dtype)
        answers += [loss(*point, name), gradient(*point, name)]
    return answers


def _tuned(case: Case, name: str, dtype: str) -> Sequence[Answer]:
    """With the given constants or, where there are none, with those of the answer's own."""
    betas, count = _constants(case)
    return [
        tuned(alphas.astype(dtype), x0.astype(dtype), beta, count, name)
        for (alphas, x0), beta in zip(case.data["starts"], betas, strict=True)
    ]


def _constants(case: Case) -> tuple[Sequence[float], int]:
    if case.data["betas"] is None:
        return [OWN_CONSTANTS[0]] * len(case.data["starts"]), OWN_CONSTANTS[1]
    return case.data["betas"], case.data["num_steps"]


def stopped(case: Case, smallest: float) -> Sequence[Answer]:
    """Where descents end that stop as soon as the gradient norm is below a number."""
    betas, count = _constants(case)
    answers: list[Answer] = []
    for (alphas, x0), beta in zip(case.data["starts"], betas, strict=True):
        points = closed.closed_form_trajectory(alphas, x0, beta, count)
        norms = (np.linalg.norm(closed.closed_form_gradient(point, x0)) for point in points)
        flat = (point for point, norm in zip(points, norms, strict=True) if norm < smallest)
        answers.append(next(flat, points[-1]))
    return answers


def _evidence(case: Case, name: str, dtype: str) -> Sequence[Answer]:
    return [evidence(a.astype(dtype), x.astype(dtype), name) for a, x in case.data["points"]]


def _in_either_precision(compute: Compute) -> Mapping[str, Variant]:
    variants: dict[str, Variant] = {}
    for name in NAMES:
        variants[name] = _variant(compute, name, "f8")
        variants[f"{name}, float32"] = _variant(compute, name, "f4")
    return variants


def _variant(compute: Compute, name: str, dtype: str) -> Variant:
    return lambda case: compute(case, name, dtype)


GD_LOSS = _in_either_precision(_losses)
TUNE: Mapping[str, Variant] = {
    **_in_either_precision(_tuned),
    "stops below 1e-6": lambda case: stopped(case, 1e-6),
}
OPTIMALITY = _in_either_precision(_evidence)


# --------------------------------------------------------------------------- almost right ones


def _gradients_changed(change: Callable[[Vector], Vector]) -> Variant:
    """The right values with wrong gradients."""

    def variant(case: Case) -> Sequence[Answer]:
        answers: list[Answer] = []
        for alphas, x0 in case.data["points"]:
            answers.append(np.asarray(closed.closed_form_loss(alphas, x0)))
            answers.append(change(closed.closed_form_gradient(alphas, x0)))
        return answers

    return variant


def _alphas_changed(change: Callable[[Vector], Vector]) -> Variant:
    """Values and gradients at other step sizes."""

    def variant(case: Case) -> Sequence[Answer]:
        answers: list[Answer] = []
        for alphas, x0 in case.data["points"]:
            answers.append(np.asarray(closed.closed_form_loss(change(alphas), x0)))
            answers.append(closed.closed_form_gradient(change(alphas), x0))
        return answers

    return variant


def _one_zero(vector: Vector) -> Vector:
    return np.where(np.arange(vector.size) == vector.size - 1, 0.0, vector)


ALMOST_GD_LOSS: Mapping[str, Variant] = {
    "gradient of the last alpha lost": _gradients_changed(_one_zero),
    "gradient turned round": _gradients_changed(np.negative),
    "gradient as for float16": _gradients_changed(lambda g: g.astype("f2").astype("f8")),
    "alphas above 1 reflected": _alphas_changed(lambda a: 1.0 - np.abs(1.0 - a) * (a != a[0])),
    "alphas rounded to five digits": _alphas_changed(lambda a: np.round(a, 5)),
}


def _own_descent(end: mistakes.End, beta: float = 1e-4, count: int = 50) -> Variant:
    """A wrong descent with constants of its own, for a function that takes none."""

    def variant(case: Case) -> Sequence[Answer | None]:
        if case.data["betas"] is not None or case.part != "exactness":
            return []
        with np.errstate(all="ignore"):
            return [np.asarray(end(alphas, x0, beta, count)) for alphas, x0 in case.data["starts"]]

    return variant


def _later(update: Callable[[Vector, Vector, float, int], Any]) -> Variant:
    """A descent that shows only where it has gone on for long."""
    end = mistakes.stepwise(update)

    def variant(case: Case) -> Sequence[Answer | None]:
        if "followed" not in case.data:
            return []
        ((alphas, x0),), (beta,) = case.data["starts"], case.data["betas"]
        return [end(alphas, x0, beta, case.data["num_steps"])]

    return variant


def _halving(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    return np.asarray(1.0 - 0.5 * (1.0 - alphas))


def _sign(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    return np.asarray(alphas + 20 * beta * count)


ALMOST_TUNE: Mapping[str, Variant] = {
    "beta halved every hundred steps": _later(lambda a, g, b, k: a - b * 0.5 ** (k // 100) * g),
    "alphas rounded every hundred steps": _later(
        lambda a, g, b, k: np.round(a - b * g, 4 if k % 100 == 99 else 16)
    ),
    "own constants: heavy ball": _own_descent(mistakes.heavy_ball),
    "own constants: averaged momentum": _own_descent(mistakes.averaged_momentum),
    "own constants: Adam": _own_descent(mistakes.adam, 1e-2),
    "own constants: ascent": _own_descent(lambda a, x, b, n: mistakes.plain(a, x, -b, n), 1e-5),
    "own constants: one after the other": _own_descent(mistakes.one_after_the_other),
    "own constants: halving": _own_descent(_halving),
    "own constants: sign": _own_descent(_sign),
    "own constants: ones": _own_descent(lambda a, x, b, n: np.ones_like(a)),
    "own constants: clipped": _own_descent(
        mistakes.stepwise(lambda a, g, b, k: np.clip(a - b * g, 0.0, 0.1))
    ),
}


def _evidence_at(change: Callable[[Vector], Vector]) -> Variant:
    def variant(case: Case) -> Sequence[Answer]:
        answers: list[Answer] = []
        for alphas, x0 in case.data["points"]:
            point = change(alphas)
            norm = np.asarray(np.linalg.norm(closed.closed_form_gradient(point, x0)))
            answers.append((norm, np.linalg.eigvalsh(closed.closed_form_hessian(point, x0))))
        return answers

    return variant


ALMOST_OPTIMALITY: Mapping[str, Variant] = {
    "at rounded step sizes": _evidence_at(lambda a: np.round(a, 4)),
    "at clipped step sizes": _evidence_at(lambda a: np.clip(a, 0.0, 0.1)),
}
