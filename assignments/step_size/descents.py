"""What the cases of `tune_step_sizes` have in common: starts, stand-ins, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import X, Y, op, summary, uniform
from adcheck.model import Array, Context, Function, Value

Vector = npt.NDArray[np.float64]
Start = tuple[Vector, Vector]
"""Step sizes, shape (10,), and x0, shape (1000,)."""

STEPS = 10
DIMENSION = 1000


def drawn_start(rng: np.random.Generator) -> Start:
    """Both where the statement says that they lie."""
    return uniform(rng, 0, 0.1, STEPS), uniform(rng, 0, 1, DIMENSION)


def shown(alphas: Vector, x0: Vector) -> dict[str, Any]:
    """The inputs of a call as a person reads them."""
    return {"alphas": np.round(alphas, 4), "x0": summary(x0)}


def continuing(message: str) -> str:
    """A message as the end of another sentence."""
    return f"{message[0].lower()}{message[1:]}"


def stand_ins(context: Context) -> Mapping[str, Function]:
    """L as data, for a student whose own `gd_loss` is wrong: 1/2 ||x0||^2 prod (1 - alpha)^2."""
    norm = op("sum", op("mul", Y, Y))
    loss = op("mul", 0.5, op("mul", norm, op("prod", op("power", op("sub", 1.0, X), 2))))
    return {id_: Function(loss) for id_ in context.replaced}


def tuned(value: Value) -> Value:
    """The tuned alphas of a result: the result itself, or the first of a tuple."""
    if isinstance(value, tuple) and value:
        first = value[0]
        if isinstance(first, Array) and first.data.ndim == 0:
            return value
        if len(value) == STEPS and all(_is_scalar(item) for item in value):
            return value
        return first
    return value


def _is_scalar(value: Value) -> bool:
    return isinstance(value, Array) and value.data.size == 1
