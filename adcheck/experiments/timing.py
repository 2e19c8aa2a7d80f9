"""The homework's timing experiment: three ways to multiply a Hessian by a vector, over the depth.

A network of n hidden layers of constant width has p weights, p = 4 n + 2 at the homework's width 2.
For each n three times are taken, each ended by `block_until_ready`: "full" is the whole Hessian and
then the product with it, "naive" the product alone with a matrix that is there, "hvp" the product
without a matrix. The first call, which compiles, is a column of its own and in no mean.

**What they should cost.** A pass through the network does a bounded amount of work per layer. So
does its gradient, at most 4 times the operations, and so does the gradient's tangent, at most 2.5
times those again (Griewank and Walther, "Evaluating Derivatives", chapter 3): one product by hvp
costs c n with a c that does not depend on n. The full Hessian is p such products, one for each
column, and p^2 numbers to be written: n^2. The product with a given matrix reads its p^2 numbers
once and does 2 p^2 operations: n^2 too, with a much smaller factor.

| method | operations | in n | in p |
|---|---|---|---|
| full | p gradients' tangents + 2 p^2 | n^2 | p^2 |
| naive | 2 p^2 | n^2 | p^2 |
| hvp | 1 gradient's tangent | n | p |

That holds if reading a layer's weights costs a bounded amount too. It does in the variant "scan",
where the stacked weights of all layers are one array. Where the layers are written one after the
other and each takes its slice of the vector of parameters ("jit", "eager", and most homework), the
derivative of a slice is a vector of p numbers, all but a few of them zero, and n of these are added
up: hvp then moves n p numbers and the full Hessian n p^2, one power of n more each.
XLA may merge these sums when it compiles ("jit"); called operation by operation ("eager"), they are
made, although for these n they are hidden behind the fixed cost of each operation.

**What is fitted.** The fastest run of each n, because whatever else the machine does only adds to
a time; over the n whose time is at least ten times that of a single hidden layer: below, the fixed
cost of a call bends the curve. Where the largest n does not reach so far, the upper half of the n
is used (`adcheck.experiments.timing_told`).

**What came out, and why it is not quite that.** The statement's 15 sizes, 10 runs, the variant
"scan", double precision, on two busy cores with 32 MB of cache, twice (the second run in brackets;
intervals of 95 % confidence):

| method | theory | measured exponent |
|---|---|---|
| full | 2 | 2.47, from 2.26 to 2.68 (2.60, from 2.31 to 2.88) |
| naive | 2 | 2.58, from 2.32 to 2.83 (2.49, from 2.24 to 2.73) |
| hvp | 1 | 0.87, from 0.73 to 1.01 (0.96, from 0.83 to 1.09) |

hvp agrees. The other two do not, and the reason seems to be memory, not operations. The matrix of
"naive" is read at 31 to 66 GB/s while it fits into the cache (n from 117 to 457), and at 17 to 26
GB/s at n = 1000, where it takes 128 MB. "full" grows fivefold from n = 185 to 253, where n^2 gives
1.9: there its temporary arrays outgrow 32 MB, which is the size of the cache and also the most that
glibc's allocator keeps for the next call (2000 page faults a run become 9000). Which of the two
weighs more was not settled: with an allocator that keeps all of it, n = 253 took 30 ms instead of
43, and 19 instead of 20 when it was measured again. From n = 253 on the exponent is 2.36, from 2.08
to 2.63 (2.24, from 1.77 to 2.72). The straight lines are bent, and the interval, which knows of the
scatter alone, does not hold the 2.

**Underflow.** With N(0, 1) weights the values shrink by about 0.54 per layer, and the product by
hvp, roughly of the size 0.54^n, is all zeros in single precision from about 150 layers on and in
double precision from about 1150. A product of zeros is timed as well as any (XLA flushes what is
denormal to zero), but tells nothing of being right. Scaled weights keep everything within range.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from adcheck.assignment import load_reference
from adcheck.experiments import deep, harness
from adcheck.experiments.deep import Weights
from adcheck.experiments.engine import NotMeasuredError, Point
from adcheck.experiments.store import Columns, Row
from adcheck.experiments.submitted import Submitted

__all__ = [
    "COLUMNS",
    "FULL",
    "METHODS",
    "QUICK",
    "Precision",
    "Timing",
    "Variant",
    "points",
]

Precision: TypeAlias = Literal["double", "single"]
Variant: TypeAlias = Literal["scan", "jit", "eager"]

METHODS: Final = ("naive", "hvp", "full")
FULL: Final = tuple(int(n) for n in np.linspace(50, 1000, 15, dtype=int))
QUICK: Final = (10, 20, 40, 80, 160, 320)
FLOOR: Final = 1
"""The depth that is always measured too: its time is the fixed cost of a call."""

COLUMNS: Final[Columns] = {
    "source": str,
    "machine": str,
    "precision": str,
    "weights": str,
    "seed": int,
    "runs": int,
    "variant": str,
    "method": str,
    "n": int,
    "parameters": int,
    "mean": float,
    "std": float,
    "least": float,
    "first": float,
    "largest": float,
    "error": float,
}
"""Of the CSV. Times are in seconds: mean, standard deviation and least of the runs, and the first
call, compilation included. ``largest`` is the largest entry of the product in absolute value,
``error`` its distance from the reference's in units of the latter's largest entry."""

Timed: TypeAlias = tuple[list[float], npt.NDArray[Any]]
Reference: TypeAlias = tuple[
    Callable[[Any], Any], Callable[[Any, Any], Any], Callable[[Any, Any], Any]
]


@dataclass(frozen=True)
class Timing:
    """What is timed, and how.

    Attributes:
        runs: of each measurement, after the first call.
        weights: "normal" or "scaled"; see `adcheck.experiments.deep.draw`.
        precision: of JAX.
        seed: of weights and vectors.
        submitted: a submission; None for the reference.
    """

    runs: int = 10
    weights: Weights = "normal"
    precision: Precision = "double"
    seed: int = 0
    submitted: Submitted | None = None

    @property
    def settings(self) -> Row:
        """The columns that all rows of a run share."""
        whose = self.submitted
        return {
            "source": "reference" if whose is None else f"submission {whose.sha256[:12]}",
            "machine": machine(),
            "precision": self.precision,
            "weights": self.weights,
            "seed": self.seed,
            "runs": self.runs,
        }

    def measure(self, point: Point, seconds: float) -> list[Row]:
        """Times one method at one depth; see `adcheck.experiments.engine.Measure`."""
        keys = point.keys
        depth, method, variant = int(keys["n"]), str(keys["method"]), str(keys["variant"])
        with jax.enable_x64(self.precision == "double"):
            dtype = np.float64 if self.precision == "double" else np.float32
            params, vector = (a.astype(dtype) for a in deep.draw(depth, self.seed, self.weights))
            times, product = self._timed(method, variant, params, vector, seconds)
            expected = _expected(method, params, vector)
        runs = np.asarray(times[1:])
        row = {
            "parameters": deep.parameters(depth),
            "mean": float(runs.mean()),
            "std": float(runs.std(ddof=1)) if runs.size > 1 else 0.0,
            "least": float(runs.min()),
            "first": times[0],
            "largest": float(np.abs(product).max()),
            "error": _distance(product, expected),
        }
        return [row]

    @staticmethod
    def spent(row: Row) -> float:
        """About how many seconds a row took to measure."""
        return float(row["first"]) + int(row["runs"]) * float(row["mean"])

    def _timed(self, method: str, variant: str, params: Any, vector: Any, seconds: float) -> Timed:
        depth, compiled = params.size // (deep.WIDTH**2), variant != "eager"
        if self.submitted is not None:
            return self.submitted.timed(method, depth, params, vector, self.runs, compiled, seconds)
        functions = _REFERENCES[variant](depth)
        try:
            return harness.timed(method, *functions, params, vector, self.runs, compiled)
        except (RuntimeError, MemoryError) as error:  # jaxlib's own error is a RuntimeError
            raise NotMeasuredError(f"{type(error).__name__}: {str(error)[:200]}") from error


def points(
    ns: Sequence[int], variants: Sequence[Variant], methods: Sequence[str] = METHODS
) -> list[Point]:
    """What is measured, in order: by depth, the cheap methods first."""
    return [
        Point(
            {"variant": variant, "method": method, "n": n},
            f"{method} {variant}, n = {n}",
            f"{method} {variant}",
            float(n),
        )
        for n in sorted({FLOOR, *ns})
        for variant in variants
        for method in methods
    ]


def machine() -> str:
    """What of this machine decides on times, as far as Python can tell."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()} {cores} cores {jax.default_backend()} jax {jax.__version__}"


def _expected(method: str, params: Any, vector: Any) -> npt.NDArray[Any]:
    if method == "naive":  # the matrix of the harness is params_i + params_j
        return np.asarray(params * vector.sum() + params @ vector)
    return np.asarray(_product(jnp.asarray(params), jnp.asarray(vector)))


_product = jax.jit(deep.hvp)


def _distance(product: npt.NDArray[Any], expected: npt.NDArray[Any]) -> float:
    scale = float(np.abs(expected).max())
    distance = float(np.abs(np.asarray(product, np.float64) - expected).max())
    return distance / scale if scale > 0 else distance


def _scanned(depth: int) -> Reference:
    return deep.hessian, jnp.matmul, deep.hvp


def _written_out(depth: int) -> Reference:
    reference, sizes = load_reference("hvp"), deep.sizes(depth)

    def hessian(params: Any) -> Any:
        return reference.hessian(params, sizes)

    def hvp(params: Any, vector: Any) -> Any:
        return reference.hvp(lambda point: reference.loss(point, sizes), params, vector)

    return hessian, reference.naive_hvp, hvp


_REFERENCES: Final[Mapping[str, Callable[[int], Reference]]] = {
    "scan": _scanned,
    "jit": _written_out,
    "eager": _written_out,
}
