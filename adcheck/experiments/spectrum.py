"""The eigenvalue density of a network's Hessian, from Hessian-vector products alone.

Lanczos' iteration on a symmetric H of size p, started at a random unit vector v, gives after m
products a tridiagonal T of size m. With its eigenvalues theta_i and the squares w_i of the first
entries of its eigenvectors, sum_i w_i g(theta_i) is Gauss' quadrature of v^T g(H) v, exact for
polynomials g of degree 2 m - 1; and the mean of v^T g(H) v over random v is (1/p) tr g(H), the mean
of g over the eigenvalues. With g(x) = N(x - t; sigma) that is the density at t, smoothed. Source:
Golub and Welsch, Mathematics of Computation 23, 1969; Lin, Saad and Yang, "Approximating spectral
densities of large matrices", SIAM Review 58(1), 2016. The vectors are made orthogonal to all before
them, twice: without that Lanczos finds the outer eigenvalues again and again.

The network is that of `adcheck.experiments.network`, before and after training, and small enough
for its eigenvalues to be computed too, which are drawn beside the density.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

__all__ = ["KIND", "density", "lanczos", "plan"]

HIDDEN: Final = 40
STEPS: Final = 40
PROBES: Final = 10
SIGMA: Final = 0.01
"""Width of the smoothing, as a share of the range of the eigenvalues."""

STATES: Final = ("before training", "after training")

COLUMNS: Final[Columns] = {
    "seed": int,
    "parameters": int,
    "steps": int,
    "probes": int,
    "state": str,
    "what": str,
    "value": float,
    "weight": float,
}
"""Of the CSV: ``what`` is "node", an eigenvalue of a T with its weight, or "eigenvalue", one of the
whole Hessian with the weight 1 / p. The weights of either add up to 1."""

Vector = npt.NDArray[np.float64]


def lanczos(product: Callable[[Vector], Any], start: Vector, steps: int) -> tuple[Vector, Vector]:
    """The nodes and weights of Gauss' quadrature for a symmetric matrix and a vector.

    Args:
        product: of the matrix with a vector of shape (p,).
        start: shape (p,), not zero.
        steps: products at the most; fewer where the vectors span all that the start reaches.

    Returns:
        Nodes and weights, of one shape (m,), m <= steps; the weights add up to 1.
    """
    basis = [np.asarray(start, float) / np.linalg.norm(start)]
    diagonal: list[float] = []
    beside: list[float] = []
    for _ in range(min(steps, start.size)):
        w = np.asarray(product(basis[-1]), float)
        diagonal.append(float(basis[-1] @ w))
        known = np.stack(basis)
        for _twice in range(2):
            w = w - known.T @ (known @ w)
        norm = float(np.linalg.norm(w))
        if norm < 1e-12 * max(map(abs, diagonal)):
            break
        beside.append(norm)
        basis.append(w / norm)
    m = len(diagonal)
    tridiagonal = np.diag(diagonal) + np.diag(beside[: m - 1], 1) + np.diag(beside[: m - 1], -1)
    nodes, vectors = np.linalg.eigh(tridiagonal)
    return nodes, vectors[0] ** 2


def density(nodes: Vector, weights: Vector, at: Vector, sigma: float) -> Vector:
    """The sum of normal densities of width sigma about the nodes, at points of any shape."""
    scaled = (at[..., None] - nodes) / sigma
    return np.asarray(np.exp(-(scaled**2) / 2) @ weights / (sigma * np.sqrt(2 * np.pi)))


def plan(seed: int, steps: int = STEPS, probes: int = PROBES, hidden: int = HIDDEN) -> Plan:
    """Estimates the density before and after training."""
    problem = Regression(hidden=hidden, seed=seed)

    def measure(point: Point, seconds: float) -> list[Row]:
        rng = np.random.default_rng([seed, 2])
        with jax.enable_x64(True):
            params = problem.start if point.keys["state"] == STATES[0] else problem.trained
            product = jax.jit(lambda v: problem.hvp(jnp.asarray(params), v))
            found = [
                lanczos(product, rng.standard_normal(problem.size), steps) for _ in range(probes)
            ]
            exact = np.linalg.eigvalsh(problem.hessian(params))
        rows: list[Row] = [
            {"what": "node", "value": float(value), "weight": float(weight) / probes}
            for nodes, weights in found
            for value, weight in zip(nodes, weights, strict=True)
        ]
        whole: list[Row] = [
            {"what": "eigenvalue", "value": float(v), "weight": 1 / exact.size} for v in exact
        ]
        return rows + whole

    settings: Row = {"seed": seed, "parameters": problem.size, "steps": steps, "probes": probes}
    return Plan(KIND, settings, [Point({"state": state}, state) for state in STATES], measure)


def _of(rows: Sequence[Row], state: str, what: str) -> tuple[Vector, Vector]:
    chosen = [r for r in rows if (r["state"], r["what"]) == (state, what)]
    values, weights = ([float(r[name]) for r in chosen] for name in ("value", "weight"))
    return np.asarray(values), np.asarray(weights)


def _summary(rows: Sequence[Row], state: str, what: str) -> Row:
    values, weights = _of(rows, state, what)
    return {
        "state": state,
        "from": "products" if what == "node" else "matrix",
        "smallest": float(values.min()),
        "largest": float(values.max()),
        "mean": float(values @ weights),
        "share below 0": float(weights[values < -1e-6 * np.abs(values).max()].sum()),
    }


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    states = [state for state in STATES if any(r["state"] == state for r in rows)]
    if not states:
        return ["Nothing was measured."]
    table = [_summary(rows, state, what) for state in states for what in ("node", "eigenvalue")]
    first = rows[0]
    told = ""
    if len(states) == 2:
        low = [float(row["smallest"]) for row in table if row["from"] == "products"]
        told = (
            "What to see: most eigenvalues are close to zero and a few are large; before training "
            f"some are clearly negative, down to {low[0]:.2g}, after it the lowest is "
            f"{low[1]:.2g}: the large negative ones are gone, as the lecture shows for ResNet-32. "
        )
    return [
        listed(list(table[0]), table),
        f"The eigenvalues of the Hessian of {first['parameters']} weights, by {first['steps']} "
        f"steps of Lanczos from each of {first['probes']} random vectors. {told}Lanczos meets the "
        "matrix only through products and finds both ends almost exactly, the middle on average; "
        "the ticks below the curves are the eigenvalues of the whole matrix.",
    ]


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    panels: Any = figure.subplots(2, 1, sharex=True)
    values = np.asarray([float(r["value"]) for r in rows] or [0.0, 1.0])
    span = float(np.ptp(values)) or 1.0
    at = np.linspace(values.min() - 0.05 * span, values.max() + 0.05 * span, 2000)
    for i, (axes, state) in enumerate(zip(panels, STATES, strict=True)):
        nodes, weights = _of(rows, state, "node")
        exact, shares = _of(rows, state, "eigenvalue")
        axes.set_title(state, fontsize=10, loc="left")
        if not nodes.size:
            continue
        for found, share, line, label in (
            (nodes, weights, "-", "Lanczos, products alone"),
            (exact, shares, ":", "all eigenvalues, smoothed alike"),
        ):
            curve = density(found, share, at, SIGMA * span)
            colour = COLOURS[i] if line == "-" else "#333333"
            axes.plot(at, curve, line, color=colour, linewidth=1.4, label=label)
        bottom = 1e-4 / span
        axes.plot(exact, np.full(exact.size, 1.5 * bottom), "|", color="#333333", markersize=7)
        axes.set_yscale("log")
        axes.set_ylim(bottom, 200 / span)
        axes.set_ylabel("density")
        axes.legend(fontsize=8)
    panels[1].set_xlabel("eigenvalue of the Hessian")


KIND: Final = Kind("spectrum", COLUMNS, _draw, _told, (7.2, 5.4))
