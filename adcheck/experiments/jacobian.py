"""Forward against reverse mode: the time of a Jacobian with 100 inputs, over the number of outputs.

Forward mode finds one column of the Jacobian in a pass, all that one input moves; reverse mode one
row, all that moves one output. For n inputs and m outputs these are n and m passes of a few times
the function's own operations each, so that the faster mode changes near m = n. The function is
f(x) = tanh(B tanh(A x)) with A of shape (h, n) and B of shape (m, h), whose Jacobian on paper is
diag(1 - y^2) B diag(1 - z^2) A with z = tanh(A x), y = tanh(B z).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import RenderableType

from adcheck.experiments import harness
from adcheck.experiments.engine import Kind, Plan, Point
from adcheck.experiments.figures import COLOURS
from adcheck.experiments.store import Columns, Row
from adcheck.experiments.tables import listed
from adcheck.experiments.timing import machine
from adcheck.sandbox.cost import operations

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FULL", "KIND", "QUICK", "closed_form", "crossing", "function", "plan"]

INPUTS: Final = 100
HIDDEN: Final = 1000
FULL: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
QUICK: Final = (1, 10, 100, 1000)

COLUMNS: Final[Columns] = {
    "machine": str,
    "seed": int,
    "runs": int,
    "inputs": int,
    "mode": str,
    "outputs": int,
    "mean": float,
    "std": float,
    "least": float,
    "first": float,
    "operations": float,
}
"""Of the CSV: seconds of the runs (the least is what else the machine does adds the least to) and
of the first call, and the operations of the traced program
(`adcheck.sandbox.cost`)."""

_MODES: Final = {"forward": jax.jacfwd, "reverse": jax.jacrev}


def function(
    inputs: int, outputs: int, seed: int, hidden: int = HIDDEN
) -> tuple[Any, Any, Any, Any]:
    """The function f, its matrices A and B, and a point x of shape (inputs,)."""
    rng = np.random.default_rng([seed, outputs])
    a = rng.standard_normal((hidden, inputs)) / np.sqrt(inputs)
    b = rng.standard_normal((outputs, hidden)) / np.sqrt(hidden)
    return (lambda x: jnp.tanh(b @ jnp.tanh(a @ x))), a, b, rng.standard_normal(inputs)


def closed_form(a: Any, b: Any, x: Any) -> Any:
    """The Jacobian of f on paper: shape (outputs, inputs), in NumPy."""
    z = np.tanh(a @ x)
    y = np.tanh(b @ z)
    return ((1 - y**2)[:, None] * b * (1 - z**2)) @ a


def plan(outputs: Sequence[int], runs: int, seed: int, inputs: int = INPUTS) -> Plan:
    """Measures both modes for these numbers of outputs."""

    def measure(point: Point, seconds: float) -> list[Row]:
        m, mode = int(point.keys["outputs"]), _MODES[str(point.keys["mode"])]
        with jax.enable_x64(True):
            f, _, _, x = function(inputs, m, seed)
            jacobian = mode(f)
            counted = operations(jax.make_jaxpr(jacobian)(x))
            times, _ = harness.clock(jax.jit(jacobian), (jnp.asarray(x),), runs)
        rest = np.asarray(times[1:])
        return [
            {
                "mean": float(rest.mean()),
                "std": float(rest.std(ddof=1)) if runs > 1 else 0.0,
                "least": float(rest.min()),
                "first": times[0],
                "operations": float("nan") if counted is None else counted,
            }
        ]

    settings: Row = {"machine": machine(), "seed": seed, "runs": runs, "inputs": inputs}
    points = [
        Point({"mode": mode, "outputs": m}, f"{mode} mode, m = {m}", mode, m)
        for m in outputs
        for mode in _MODES
    ]
    return Plan(KIND, settings, points, measure)


def crossing(rows: Sequence[Row], column: str) -> float | None:
    """The number of outputs at which both modes cost the same; None where that is not seen.

    On the straight lines between neighbouring points on log-log axes.
    """
    curves = [{int(r["outputs"]): float(r[column]) for r in _of(rows, mode)} for mode in _MODES]
    common = sorted(set(curves[0]) & set(curves[1]))
    gaps = [np.log(curves[1][m] / curves[0][m]) for m in common]
    for i in range(1, len(common)):
        if gaps[i - 1] < 0 <= gaps[i]:
            share = -gaps[i - 1] / (gaps[i] - gaps[i - 1])
            return float(common[i - 1] ** (1 - share) * common[i] ** share)
    return None


def _of(rows: Sequence[Row], mode: str) -> list[Row]:
    return sorted((r for r in rows if r["mode"] == mode), key=lambda r: float(r["outputs"]))


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    if not rows:
        return ["Nothing was measured."]
    n = int(rows[0]["inputs"])
    places = {name: crossing(rows, name) for name in ("least", "operations")}
    where = {
        name: "nowhere here" if m is None else f"near m = {m:.0f}" for name, m in places.items()
    }
    return [
        listed(
            ("mode", "outputs", "mean", "std", "least", "first", "operations"),
            [r for mode in _MODES for r in _of(rows, mode)],
        ),
        f"A Jacobian of m outputs and n = {n} inputs. What to see: the time of reverse mode grows "
        "with m, since each output takes a pass of its own; forward mode always takes n passes, "
        "and grows only with the function itself. Where m < n reverse mode is ahead, and beyond "
        f"forward mode is: the curves cross {where['least']} in the time of the fastest runs and "
        f"{where['operations']} in counted operations. For a scalar loss (m = 1) reverse mode wins "
        "by the number of parameters, which is why networks are trained with it.",
    ]


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    panels: Any = figure.subplots(1, 2)
    n = int(rows[0]["inputs"]) if rows else INPUTS
    for axes, column, lowest, label in (
        (panels[0], "mean", "least", "time (seconds)"),
        (panels[1], "operations", "operations", "counted operations"),
    ):
        for i, mode in enumerate(_MODES):
            curve = _of(rows, mode)
            x = [float(r["outputs"]) / n for r in curve]
            y = [float(r[column]) for r in curve]
            spread = [float(r["std"]) for r in curve] if column == "mean" else [0.0] * len(curve)
            lower = [min(s, 0.99 * value) for s, value in zip(spread, y, strict=True)]
            axes.errorbar(
                x, y, [lower, spread], fmt="o-", color=COLOURS[i], capsize=2.5, label=f"{mode} mode"
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        if rows:  # a standard deviation may reach below zero, which a log axis cannot show
            axes.set_ylim(bottom=0.5 * min(float(r[lowest]) for r in rows))
        axes.axvline(1, color="#888888", linewidth=1, linestyle=":")
        axes.set_xlabel(f"outputs / inputs, m / n (n = {n})")
        axes.set_ylabel(label)
    panels[0].legend()
    figure.suptitle("The Jacobian of m outputs: forward against reverse mode", fontsize=11)


KIND: Final = Kind("jacobian", COLUMNS, _draw, _told, (8.6, 3.9))
