"""Checkpointing: the memory of reverse mode against the operations that it takes.

A chain of N layers x -> tanh(x W) is cut into k segments, each under `jax.checkpoint`: only the
segments' inputs are kept on the way forward, and on the way back each segment is computed again
when its turn comes. If reverse mode keeps c arrays for each layer that it has to go back through,

    kept at the peak:   k + c N / k      arrays of activations, least at k = sqrt(c N);
    plain reverse mode: c N.

Computing again costs one more run of the function, whatever k: a gradient of a chain of products of
matrices takes 3 runs, with checkpoints 4, a third more. Source: Griewank and Walther, "Algorithm
799: revolve", ACM TOMS 26(1), 2000; Chen et al., "Training deep nets with sublinear memory cost",
arXiv:1604.06174. Nothing here is timed: arrays are counted in what JAX keeps (the residuals of
`jax.vjp`), operations in the traced program, and bytes as XLA plans them for its buffers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import jax
import jax.numpy as jnp
from jax import Array
from rich.console import RenderableType

from adcheck.errors import UsageError
from adcheck.experiments.engine import Kind, Plan, Point
from adcheck.experiments.figures import COLOURS
from adcheck.experiments.store import Columns, Row
from adcheck.experiments.tables import listed
from adcheck.sandbox.cost import operations

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["KIND", "LAYERS", "chain", "plan"]

LAYERS: Final = 64
BATCH: Final = 128
WIDTH: Final = 32

COLUMNS: Final[Columns] = {
    "layers": int,
    "segments": int,
    "saved": float,
    "recomputed": float,
    "peak": float,
    "planned": float,
    "operations": float,
}
"""Of the CSV; ``segments`` is 0 without checkpoints. In arrays of one layer's activations: those
saved on the way forward, those of one segment computed again, both together, and what XLA plans
for its temporary buffers. ``operations`` is the gradient's in multiples of the function's own."""


def chain(segments: int, layers: int) -> Any:
    """The sum of the activations after all layers, of x, shape (batch, width), and W.

    Args:
        segments: under `jax.checkpoint`; 0 for none. Divides `layers`.
        layers: all of them with the same W, shape (width, width).
    """
    each = layers // max(segments, 1)

    def layer(x: Array, w: Array) -> Array:
        return jnp.tanh(x @ w)

    def segment(x: Array, w: Array) -> Array:
        return jax.lax.scan(lambda a, _: (layer(a, w), None), x, length=each)[0]

    def checkpointed(x: Array, w: Array) -> Array:
        kept = jax.checkpoint(segment)
        x, _ = jax.lax.scan(lambda a, _: (kept(a, w), None), x, length=segments)
        return jnp.sum(x)

    return checkpointed if segments else lambda x, w: jnp.sum(segment(x, w))


def plan(layers: int = LAYERS) -> Plan:
    """Counts for every number of segments that divides the layers, and without checkpoints."""
    if layers < 2:
        raise UsageError("a chain that is cut into segments has 2 layers at the least.")
    counts = [0, *(k for k in range(1, layers + 1) if layers % k == 0)]

    def measure(point: Point, seconds: float) -> list[Row]:
        return [_counted(int(point.keys["segments"]), layers)]

    points = [Point({"segments": k}, f"{k} segments") for k in counts]
    return Plan(KIND, {"layers": layers}, points, measure)


def _counted(segments: int, layers: int) -> Row:
    x, w = jnp.ones((BATCH, WIDTH), jnp.float32), jnp.ones((WIDTH, WIDTH), jnp.float32)
    f = chain(segments, layers)
    saved = _residuals(f, x, w)
    again = _residuals(chain(0, layers // segments), x, w) if segments else 0.0
    gradient = jax.grad(f, argnums=(0, 1))
    cost, base = (operations(jax.make_jaxpr(g)(x, w)) for g in (gradient, f))
    memory: Any = jax.jit(gradient).lower(x, w).compile().memory_analysis()
    return {
        "saved": saved,
        "recomputed": again,
        "peak": saved + again,
        "planned": math.nan if memory is None else memory.temp_size_in_bytes / (BATCH * WIDTH * 4),
        "operations": math.nan if cost is None or base is None else cost / base,
    }


def _residuals(f: Any, x: Any, w: Any) -> float:
    """How many arrays of activations `jax.vjp` keeps; the weights are there anyway."""
    leaves = jax.tree.leaves(jax.eval_shape(lambda a, b: jax.vjp(f, a, b)[1], x, w))
    kept = [leaf for leaf in leaves if leaf.shape[-2:] == (BATCH, WIDTH)]
    return float(sum(math.prod(leaf.shape[:-2]) for leaf in kept))


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    plain, cut = _parts(rows)
    if not plain or not cut:
        return ["Too little was counted to compare."]
    best = min(cut, key=lambda r: float(r["peak"]))
    layers, whole = int(plain["layers"]), float(plain["peak"])
    extra = float(best["operations"]) / float(plain["operations"]) - 1
    return [
        listed(list(COLUMNS), [plain, *cut]),
        f"The gradient of a chain of {layers} layers. What to see: without checkpoints reverse "
        f"mode keeps {whole:g} arrays, {whole / layers:g} for each layer. Cut into k segments it "
        f"keeps one for each segment and all of one segment, least near k = sqrt({whole:g}) = "
        f"{math.sqrt(whole):.0f}: {best['peak']:g} arrays at k = {best['segments']}, "
        f"{whole / float(best['peak']):.1f} times fewer, for {extra:.0%} more operations, "
        "whatever k: every layer is run forward once more. Both ends, k = 1 and k = N, pay for "
        "that and save little. 'Planned' is what XLA really sets aside for temporary buffers; it "
        "may merge or split arrays.",
    ]


def _parts(rows: Sequence[Row]) -> tuple[Row | None, list[Row]]:
    """The row without checkpoints, and those with, by number of segments."""
    plain = next((row for row in rows if row["segments"] == 0), None)
    return plain, sorted((r for r in rows if r["segments"]), key=lambda r: float(r["segments"]))


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    memory, work = figure.subplots(1, 2, width_ratios=[1.4, 1])
    plain, cut = _parts(rows)
    k = [int(r["segments"]) for r in cut]
    if plain:
        whole = float(plain["peak"])
        smooth = [k[0] * (k[-1] / k[0]) ** (i / 100) for i in range(101)] if k else []
        label = f"theory: k + {whole:g} / k"
        memory.plot(smooth, [s + whole / s for s in smooth], color=COLOURS[0], label=label)
        memory.axhline(whole, color="#666666", linestyle="--", label="without checkpoints")
        ratio = float(plain["operations"])
        work.axhline(ratio, color="#666666", linestyle="--", label="without checkpoints")
    memory.plot(k, [float(r["peak"]) for r in cut], "o", color=COLOURS[0], label="kept by JAX")
    memory.plot(
        k, [float(r["planned"]) for r in cut], "x", color=COLOURS[1], label="planned by XLA"
    )
    work.plot(k, [float(r["operations"]) for r in cut], "o", color=COLOURS[2], label="checkpoints")
    memory.set_yscale("log", base=2)
    top = max([float(r["planned"]) for r in rows if r["planned"] == r["planned"]] or [2.0])
    ticks = [2**i for i in range(math.ceil(math.log2(top)) + 1)]
    memory.set_yticks(ticks, [str(value) for value in ticks])
    lowest = min([float(r["peak"]) for r in rows] or [1.0])
    memory.set_ylim(0.8 * lowest, 3.5 * top)  # room for the legend
    memory.set_ylabel("arrays of one layer's activations")
    work.set_ylabel("operations of the gradient / of the function")
    work.set_ylim(0, 5)
    for axes in (memory, work):
        axes.set_xscale("log", base=2)
        axes.set_xticks(k, [str(value) for value in k])
        axes.set_xlabel("segments k")
        axes.legend(fontsize=9, loc="upper right")
    figure.suptitle("Checkpointing a chain: memory against recomputation", fontsize=11)


KIND: Final = Kind("checkpointing", COLUMNS, _draw, _told, (8.6, 3.9))
