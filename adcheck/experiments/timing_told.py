"""What the rows of the timing experiment show: fits beside the theory, notes, the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from adcheck.experiments.engine import Kind
from adcheck.experiments.figures import COLOURS
from adcheck.experiments.store import Row
from adcheck.experiments.timing import COLUMNS, FLOOR
from adcheck.fits import Fit, fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["KIND", "fitted"]

ABOVE_FLOOR = 10.0
"""How many times the fixed cost of a call a time has to be to count as asymptotic: the fixed part
of it then lowers the slope there by a tenth at the most."""

FEWEST = 4
"""Points below which the upper half of the sizes is fitted instead."""

WRONG = 1e-6
"""Relative error of a product that rounding does not explain in double precision; see `_wrong`."""

NAMES: Final = {
    "full": "full Hessian, then product",
    "naive": "product with a Hessian that is there",
    "hvp": "product without the Hessian",
}
_SCANNED: Final = {"full": (2, 2), "naive": (2, 2), "hvp": (1, 1)}
_WRITTEN_OUT: Final = {"full": (2, 3), "naive": (2, 2), "hvp": (1, 2)}
THEORY: Final = {"scan": _SCANNED, "jit": _WRITTEN_OUT, "eager": _WRITTEN_OUT}
"""Exponents in n and in p alike, from and to: the larger ones where slices of the vector of
parameters are made and added up. `adcheck.experiments.timing` derives them."""

_ORDER: Final = ("full", "naive", "hvp")
_LOOKS: Final = {"scan": ("o", "-"), "jit": ("s", "--"), "eager": ("^", ":")}


def fitted(rows: Sequence[Row], variant: str, method: str, over: str = "n") -> Fit | None:
    """The power law of one curve.

    Args:
        rows: of the CSV.
        variant: of the curve.
        method: of the curve.
        over: the column on the horizontal axis: "n" or "parameters".
    """
    chosen = _asymptotic(_curve(rows, variant, method), _floor(rows, variant, method))
    return fit([float(r[over]) for r in chosen], [float(r["least"]) for r in chosen])


def _curve(rows: Sequence[Row], variant: str, method: str) -> list[Row]:
    """The rows of a curve by size, without the floor."""
    found = [r for r in rows if (r["variant"], r["method"]) == (variant, method)]
    return sorted((r for r in found if r["n"] != FLOOR), key=lambda r: float(r["n"]))


def _floor(rows: Sequence[Row], variant: str, method: str) -> float:
    """Seconds of the fixed cost; 0 where it was not measured."""
    keys = (variant, method, FLOOR)
    found = [r for r in rows if (r["variant"], r["method"], r["n"]) == keys]
    return float(found[0]["least"]) if found else 0.0


def _asymptotic(curve: list[Row], floor: float) -> list[Row]:
    """The largest sizes, from the last one on that is too close to the floor."""
    start = 0
    for i, row in enumerate(curve):
        if float(row["least"]) < ABOVE_FLOOR * floor:
            start = i + 1
    if len(curve) - start >= FEWEST:
        return curve[start:]
    return curve[min(len(curve) // 2, max(len(curve) - 3, 0)) :]  # an interval takes three


def _curves(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The variants and methods that were measured, in the order of the table."""
    variants = [name for name in _LOOKS if any(r["variant"] == name for r in rows)]
    return [(v, m) for m in _ORDER for v in variants if _curve(rows, v, m)]


# --------------------------------------------------------------------------- the terminal


def _told(rows: Sequence[Row]) -> list[RenderableType]:
    if not rows:
        return ["Nothing was measured."]
    run = rows[0]
    title = (
        f"{run['source']}, {run['runs']} runs, {run['weights']} weights, "
        f"{run['precision']} precision, {run['machine']}"
    )
    variants = dict.fromkeys(variant for variant, _ in _curves(rows))
    told: list[RenderableType] = [title, *(_times(rows, v) for v in variants), _exponents(rows)]
    first, *others = _notes(rows)
    told.append(first)
    for note in others:
        told += ["", note]
    return told


def _times(rows: Sequence[Row], variant: str) -> Table:
    """The times of one variant: with all of them side by side no line would fit its page."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    curves = [curve for curve in _curves(rows) if curve[0] == variant]
    table.add_column("n", justify="right")
    table.add_column("weights", justify="right")
    for _, method in curves:
        table.add_column(f"{method} {variant}", justify="right")
    for n in sorted({int(r["n"]) for r in rows if r["variant"] == variant}):
        cells = [_cell(rows, variant, method, n) for _, method in curves]
        table.add_row(str(n), str(4 * n + 2), *cells)
    return table


def _cell(rows: Sequence[Row], variant: str, method: str, n: int) -> str:
    for row in rows:
        if (row["variant"], row["method"], row["n"]) == (variant, method, n):
            return f"{_seconds(float(row['mean']))} +- {_seconds(float(row['std']))}"
    return ""


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} us"


def _exponents(rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "theory", "measured in n", "in p", "fitted to n", "fixed cost", "compiling"):
        table.add_column(name)
    for variant, method in _curves(rows):
        over_n, over_p = (fitted(rows, variant, method, over) for over in ("n", "parameters"))
        if over_n is None or over_p is None:
            continue
        low, high = (round(size) for size in over_n.sizes)
        firsts = [float(r["first"]) for r in _curve(rows, variant, method)]
        table.add_row(
            f"{method} {variant}",
            f"{_power(variant, method, 'n')} {_power(variant, method, 'p')}",
            _interval(over_n),
            f"{over_p.exponent:.2f}",
            f"{low}–{high} ({over_n.points})",
            _seconds(_floor(rows, variant, method)),
            f"{_seconds(min(firsts))}–{_seconds(max(firsts))}",
        )
    return table


def _interval(found: Fit) -> str:
    if found.points < 3:
        return f"{found.exponent:.2f}"
    return f"{found.exponent:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _notes(rows: Sequence[Row]) -> list[str]:
    notes = [
        "Times are mean +- standard deviation. Exponents are slopes of log time over log n, of the "
        "fastest runs, with their intervals of 95 % confidence (Student's t) for the scatter about "
        "a straight line; p = 4 n + 2 is the number of weights. 'Compiling' is the first call."
    ]
    for found in (_apart(rows), _underflow(rows), _wrong(rows)):
        if found:
            notes.append(found)
    return notes


def _apart(rows: Sequence[Row]) -> str:
    """Which intervals do not hold the theory's exponent."""
    fits = {curve: fitted(rows, *curve) for curve in _curves(rows)}
    apart = [
        f"{method} {variant} ({_interval(found)} instead of {_power(variant, method, 'n')})"
        for (variant, method), found in fits.items()
        if found and found.points >= 3 and _is_apart(found, *THEORY[variant][method])
    ]
    if not apart:
        return ""
    return (
        f"Not within its interval: {', '.join(apart)}. A power law with one exponent holds where "
        "nothing changes but n: the fixed cost of a call lowers the slope; arrays that outgrow a "
        "cache, or what the allocator keeps, raise it; and the interval knows of the scatter alone."
    )


def _is_apart(found: Fit, low: int, high: int) -> bool:
    return found.high < low or high < found.low


def _power(variant: str, method: str, name: str) -> str:
    low, high = THEORY[variant][method]
    return f"{name}^{low}" if low == high else f"{name}^{low}–{high}"


def _underflow(rows: Sequence[Row]) -> str:
    """From which size on the product is nothing but zeros, or not finite."""
    products = [r for r in rows if r["method"] in ("hvp", "full")]
    zeros = [int(r["n"]) for r in products if r["largest"] == 0.0]
    lost = [int(r["n"]) for r in products if not float(r["largest"]) < float("inf")]
    told = ""
    if zeros:
        told = (
            f"From n = {min(zeros)} on the product is all zeros: it has underflowed. It is timed "
            "as well as any other, but does not show that a function is right; "
        )
    elif lost:
        told = f"At n = {min(lost)} the product has overflowed, and is no number; "
    elif products and products[0]["weights"] == "normal":
        deepest = max(products, key=lambda r: float(r["n"]))
        told = (
            f"The largest entry of the product at n = {deepest['n']} is "
            f"{float(deepest['largest']):.0e}: N(0, 1) weights shrink everything layer by layer; "
        )
    return told and told + "--weights scaled keeps everything within range."


def _wrong(rows: Sequence[Row]) -> str:
    """Whose product is not the reference's: timed all the same, and told."""
    bound = WRONG if rows[0]["precision"] == "double" else 1e-2
    off = [r for r in rows if r["largest"] != 0.0 and float(r["error"]) > bound]
    if not off:
        return ""
    curves = sorted({f"{r['method']} {r['variant']} from n = {r['n']}" for r in off[:1]})
    return f"The product differs from the reference's: {curves[0]} on. It was timed all the same."


# --------------------------------------------------------------------------- the picture


def _draw(figure: Figure, rows: Sequence[Row]) -> None:
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.set_yscale("log")
    for variant, method in _curves(rows):
        _draw_curve(axes, rows, variant, method)
    sizes = sorted({int(r["n"]) for r in rows if r["n"] != FLOOR})
    axes.set_xticks(_ticks(sizes), [str(n) for n in _ticks(sizes)])
    axes.minorticks_off()
    axes.set_xlabel("number of hidden layers n")
    axes.set_ylabel("time (seconds)")
    if sizes:
        axes.set_ylim(bottom=0.5 * min(float(r["least"]) for r in rows if r["n"] != FLOOR))
        axes.set_title(
            f"A Hessian times a vector, three ways: {rows[0]['source']}, {rows[0]['runs']} runs\n"
            "(mean and standard deviation; small dots: the fastest runs, lines: fits to them)",
            fontsize=10,
            loc="left",
        )
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.13), fontsize=9)


def _draw_curve(axes: Axes, rows: Sequence[Row], variant: str, method: str) -> None:
    curve = _curve(rows, variant, method)
    colour = COLOURS[_ORDER.index(method)]
    marker, line = _LOOKS[variant]
    found = fitted(rows, variant, method)
    several = len({v for v, _ in _curves(rows)}) > 1
    label = NAMES[method] + (f", {variant}" if several else "")
    if found is not None:
        label += f": n^{_interval(found)}, theory {_power(variant, method, 'n')}"
        ends = found.sizes
        axes.plot(ends, [found.at(n) for n in ends], line, color=colour, linewidth=1.2)
    sizes, means = ([float(r[name]) for r in curve] for name in ("n", "mean"))
    bars = [[min(float(r["std"]), 0.99 * float(r["mean"])) for r in curve]]
    bars.append([float(r["std"]) for r in curve])  # a log axis has no place for what is below 0
    axes.errorbar(
        sizes, means, bars, fmt=marker, color=colour, capsize=2.5, elinewidth=1, label=label
    )
    axes.plot(sizes, [float(r["least"]) for r in curve], ".", color=colour, markersize=3)


def _ticks(sizes: Sequence[int]) -> list[int]:
    """Sizes that are far enough from each other on a log axis to be told apart."""
    chosen: list[int] = []
    for size in sizes:
        if not chosen or size > 1.25 * chosen[-1]:
            chosen.append(size)
    return chosen


KIND: Final = Kind("timing", COLUMNS, _draw, _told, (7.4, 6.0))
