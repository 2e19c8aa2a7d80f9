"""Difference quotients against automatic differentiation, over the step.

The function is the lecture's, L(w1, w2) = w2 log w1 + sqrt(w2 log w1), whose derivatives on paper
are dL/dw1 = w2/w1 (1 + 1/(2 s)) and dL/dw2 = log w1 (1 + 1/(2 s)) with s = sqrt(w2 log w1). A
quotient over a step h is off by a truncation of h |L''| / 2 (forward) or h^2 |L'''| / 6 (central),
and by a rounding of about eps |L| / h, eps being the precision's: the best step is near sqrt(eps)
or eps^(1/3), and no step makes the error smaller than about sqrt(eps) or eps^(2/3). Source: Higham,
"Accuracy and Stability of Numerical Algorithms", section 1.14; Griewank and Walther, "Evaluating
Derivatives", section 1. Automatic differentiation has no step and only rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from rich.console import RenderableType

from adcheck.experiments.engine import Kind, Plan, Point
from adcheck.experiments.figures import COLOURS
from adcheck.experiments.store import Columns, Row
from adcheck.experiments.tables import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FULL", "KIND", "QUICK", "closed_form", "lecture_function", "plan"]

FULL: Final = tuple(float(f"1e{-k / 2:g}") if k % 2 == 0 else 10 ** (-k / 2) for k in range(2, 31))
QUICK: Final = (1e-1, 1e-3, 1e-5, 1e-8, 1e-11)
POINTS: Final = 200

COLUMNS: Final[Columns] = {
    "seed": int,
    "points": int,
    "precision": str,
    "scheme": str,
    "step": float,
    "error": float,
}
"""Of the CSV: the mean over the points of the gradient's relative error (Euclidean norms);
``step`` is 0 for automatic differentiation."""

_SCHEMES: Final = ("forward", "central", "ad")
_PRECISIONS: Final[dict[str, Any]] = {"double": np.float64, "single": np.float32}
_LIMITS: Final = {"forward": 1 / 2, "central": 2 / 3}


def lecture_function(w: Any) -> Any:
    """L of a point of shape (2,), w1 > 1 and w2 > 0."""
    product = w[1] * jnp.log(w[0])
    return product + jnp.sqrt(product)


def closed_form(w: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The gradient of L on paper at points of shape (points, 2), in NumPy double precision."""
    w1, w2 = np.asarray(w, np.float64).T
    factor = 1 + 0.5 / np.sqrt(w2 * np.log(w1))
    return np.stack([w2 / w1 * factor, np.log(w1) * factor], axis=1)


def plan(steps: Sequence[float], seed: int, points: int = POINTS) -> Plan:
    """Measures the errors for these steps, at random points of [1.5, 4] x [0.5, 3]."""
    drawn = np.random.default_rng(seed).uniform((1.5, 0.5), (4.0, 3.0), (points, 2))

    def measure(point: Point, seconds: float) -> list[Row]:
        dtype = _PRECISIONS[str(point.keys["precision"])]
        scheme = str(point.keys["scheme"])
        with jax.enable_x64(dtype is np.float64):
            w = jnp.asarray(drawn, dtype)
            exact = closed_form(np.asarray(w))  # at the points as they were rounded
            if scheme == "ad":
                found = jax.vmap(jax.grad(lecture_function))(w)
                return [{"step": 0.0, "error": _error(found, exact)}]
            return [
                {"step": step, "error": _error(_quotients(w, dtype(step), scheme), exact)}
                for step in sorted(steps, reverse=True)
            ]

    keys = [
        Point({"precision": precision, "scheme": scheme}, f"{scheme}, {precision} precision")
        for precision in _PRECISIONS
        for scheme in _SCHEMES
    ]
    return Plan(KIND, {"seed": seed, "points": points}, keys, measure)


def _quotients(w: Any, step: Any, scheme: str) -> Any:
    """The difference quotients at points of shape (points, 2), in their precision."""
    f = jax.vmap(lecture_function)
    columns = []
    for i in range(2):
        ahead = f(w.at[:, i].add(step))
        if scheme == "forward":
            columns.append((ahead - f(w)) / step)
        else:
            columns.append((ahead - f(w.at[:, i].add(-step))) / (2 * step))
    return jnp.stack(columns, axis=1)


def _error(found: Any, exact: npt.NDArray[np.float64]) -> float:
    distance = np.linalg.norm(np.asarray(found, np.float64) - exact, axis=1)
    return float(np.mean(distance / np.linalg.norm(exact, axis=1)))


def _of(rows: Sequence[Row], precision: str, scheme: str) -> list[Row]:
    found = [r for r in rows if (r["precision"], r["scheme"]) == (precision, scheme)]
    return sorted(found, key=lambda r: float(r["step"]))


def _best(rows: Sequence[Row]) -> list[Row]:
    """The row of the smallest error of each curve, beside the limit of theory."""
    best: list[Row] = []
    for precision, dtype in _PRECISIONS.items():
        eps = float(np.finfo(dtype).eps)
        for scheme in _SCHEMES:
            curve = _of(rows, precision, scheme)
            if curve:
                row = min(curve, key=lambda r: float(r["error"]))
                limit = eps ** _LIMITS.get(scheme, 1.0)
                best.append({**row, "theory": limit})
    return best


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    if not rows:
        return ["Nothing was measured."]
    return [
        listed(("precision", "scheme", "step", "error", "theory"), _best(rows)),
        "The best that each method reaches, and the order of what theory allows it (eps^(1/2), "
        "eps^(2/3), eps). What to see: from the right the error of a difference quotient falls "
        "with the step, like h (forward) or h^2 (central), until rounding takes over and it rises "
        "like 1 / h: half of the digits, or two thirds, are all there is, at a step that has to be "
        "guessed. Automatic differentiation has no step, and is exact up to rounding.",
    ]


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    panels: Any = figure.subplots(1, 2, sharey=True)
    for axes, precision in zip(panels, _PRECISIONS, strict=True):
        for i, scheme in enumerate(("forward", "central")):
            curve = [r for r in _of(rows, precision, scheme) if float(r["error"]) > 0]
            x, y = ([float(r[name]) for r in curve] for name in ("step", "error"))
            axes.plot(x, y, "o-", color=COLOURS[i], markersize=3, label=f"{scheme} difference")
        for row in _of(rows, precision, "ad"):
            axes.axhline(float(row["error"]), color=COLOURS[2], label="automatic differentiation")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("step h")
        axes.set_title(f"{precision} precision", fontsize=10, loc="left")
    panels[0].legend(fontsize=9, loc="lower left", bbox_to_anchor=(0, 0.12))
    figure.suptitle("The gradient by differences, and by automatic differentiation", fontsize=11)
    panels[0].set_ylabel("relative error of the gradient")


KIND: Final = Kind("differences", COLUMNS, _draw, _told, (8.6, 3.9))
