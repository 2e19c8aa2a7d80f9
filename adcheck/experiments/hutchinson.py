"""Hutchinson's estimate of a trace: its error over the number of probes.

For a random vector v with E[v v^T] = I, E[v^T H v] = tr H, and the mean over V probes has the
variance of one of them divided by V. For a symmetric H that variance is

    2 (|H|_F^2 - sum_i H_ii^2)      for Rademacher entries (+1 or -1),
    2 |H|_F^2                       for Gaussian ones.

Source: Hutchinson, "A stochastic estimator of the trace of the influence matrix for Laplacian
smoothing splines", Communications in Statistics 19(2), 1990; Avron and Toledo, Journal of the ACM
58(2), 2011, lemmas 5 and 9. H is the Hessian of a small regression, met through products alone; the
whole matrix is computed once, for the truth and the variances.
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
from adcheck.experiments.network import Regression
from adcheck.experiments.store import Columns, Row
from adcheck.experiments.tables import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FULL", "KIND", "QUICK", "plan", "variance"]

FULL: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
QUICK: Final = (1, 10, 100)
REPEATS: Final = 400
BATCH: Final = 10_000
"""Products that are made together."""

KINDS: Final = ("rademacher", "gaussian")

COLUMNS: Final[Columns] = {
    "seed": int,
    "repeats": int,
    "parameters": int,
    "distribution": str,
    "probes": int,
    "trace": float,
    "mean": float,
    "rmse": float,
    "theory": float,
}
"""Of the CSV: the trace, the estimates' mean and root mean square error over the repeats, and the
standard deviation in theory."""

_SHARES: Final = tuple(k * 10.0**e for e in range(-4, 2) for k in (1, 2, 5))

Vector = npt.NDArray[np.float64]


def variance(hessian: Vector, distribution: str) -> float:
    """The variance of v^T H v for one probe, H of shape (p, p)."""
    diagonal = np.diag(hessian) if distribution == "rademacher" else np.zeros(1)
    return 2 * float(np.sum(hessian**2) - np.sum(diagonal**2))


def plan(
    probes: Sequence[int], seed: int, repeats: int = REPEATS, hidden: int = Regression.hidden
) -> Plan:
    """Estimates the trace with these numbers of probes, so many times each."""
    problem = Regression(hidden=hidden, seed=seed)

    def measure(point: Point, seconds: float) -> list[Row]:
        distribution = str(point.keys["distribution"])
        with jax.enable_x64(True):
            hessian = problem.hessian(problem.start)
            forms = _forms(problem, distribution, repeats * max(probes), seed)
        trace, spread = float(np.trace(hessian)), variance(hessian, distribution)
        return [
            {
                "probes": count,
                "trace": trace,
                **_errors(forms[: repeats * count].reshape(repeats, count).mean(axis=1), trace),
                "theory": float(np.sqrt(spread / count)),
            }
            for count in sorted(probes)
        ]

    settings: Row = {"seed": seed, "repeats": repeats, "parameters": problem.size}
    points = [Point({"distribution": name}, f"{name} probes") for name in KINDS]
    return Plan(KIND, settings, points, measure)


def _forms(problem: Regression, distribution: str, count: int, seed: int) -> Vector:
    """v^T H v for so many probes v, from products alone: shape (count,)."""
    params = jnp.asarray(problem.start)
    rng = np.random.default_rng([seed, 3, KINDS.index(distribution)])

    @jax.jit
    @jax.vmap
    def form(v: Any) -> Any:
        return v @ problem.hvp(params, v)

    found = []
    for start in range(0, count, BATCH):
        shape = (min(BATCH, count - start), problem.size)
        gaussian = distribution == "gaussian"
        v = rng.standard_normal(shape) if gaussian else 2.0 * rng.integers(0, 2, shape) - 1.0
        found.append(np.asarray(form(v)))
    return np.concatenate(found)


def _errors(estimates: Vector, trace: float) -> dict[str, float]:
    rmse = float(np.sqrt(np.mean((estimates - trace) ** 2)))
    return {"mean": float(estimates.mean()), "rmse": rmse}


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return sorted((r for r in rows if r["distribution"] == name), key=lambda r: float(r["probes"]))


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    if not rows:
        return ["Nothing was measured."]
    first = rows[0]
    ratios = [float(r["rmse"]) / float(r["theory"]) for r in rows]
    return [
        listed(("distribution", "probes", "trace", "mean", "rmse", "theory"), rows),
        f"The trace of the Hessian of {first['parameters']} weights, estimated {first['repeats']} "
        "times for each number of probes. What to see: the error falls like 1 / sqrt(probes), a "
        "hundred times the work for one more digit, and lies on the standard deviation of theory "
        f"(measured / theory from {min(ratios):.2f} to {max(ratios):.2f}; the standard deviation "
        f"of that ratio is about {1 / np.sqrt(2 * int(first['repeats'])):.0%}). Rademacher "
        "probes are better than Gaussian ones, because the diagonal adds nothing to their "
        "variance; and no estimate forms the matrix.",
    ]


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    axes = figure.add_subplot()
    for i, name in enumerate(KINDS):
        curve = _of(rows, name)
        x = [float(r["probes"]) for r in curve]
        scale = [abs(float(r["trace"])) for r in curve]
        rmse, theory = (
            [float(r[column]) / s for r, s in zip(curve, scale, strict=True)]
            for column in ("rmse", "theory")
        )
        axes.plot(x, theory, color=COLOURS[i], linewidth=1.2, label=f"{name}, theory")
        axes.plot(x, rmse, "os"[i], color=COLOURS[i], label=f"{name}, measured")
    axes.set_xscale("log")
    axes.set_yscale("log")
    errors = [float(r["rmse"]) / abs(float(r["trace"])) for r in rows] or [1.0]
    shown = [s for s in _SHARES if min(errors) / 1.5 < s < max(errors) * 1.5]
    axes.set_yticks(shown, [f"{share:.0%}" for share in shown])
    axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("number of probes, each one Hessian-vector product")
    axes.set_ylabel("root mean square error, of the trace")
    axes.set_title("Hutchinson's estimate of the trace of a Hessian", fontsize=11, loc="left")
    axes.legend()


KIND: Final = Kind("hutchinson", COLUMNS, _draw, _told, (6.6, 4.2))
