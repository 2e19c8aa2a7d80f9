"""What a matplotlib figure shows, as plain data: curves, error bars, labels, legends.

Part of the child side. Nothing is drawn: what is read are the artists that a figure consists of,
and no figure crosses the pipe. matplotlib is imported only where a figure is asked for.
`adcheck.figure` reads the data on the other side.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

__all__ = ["begin", "plain"]

MAX_ARTISTS = 200
MAX_POINTS = 2000
MAX_TEXT = 300

_shown: list[Any] = []
"""Figures that a program has shown or closed since `begin`."""


def begin() -> None:
    """Forgets all figures that there are, and remembers from now on those that a program closes.

    None is written to a file: where to is the student's affair, and the folder may not be there.
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    plt.close("all")
    _shown.clear()
    if not getattr(plt.close, "_remembers", False):
        plt.close = _remembering(plt.close)
        plt.show = _remember
        plt.savefig = Figure.savefig = _remember  # type: ignore[method-assign]


def _remember(*args: Any, **keywords: Any) -> None:
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        figure = plt.figure(number)
        if figure not in _shown:
            _shown.append(figure)


def _remembering(close: Callable[..., None]) -> Callable[..., None]:
    def closed(*args: Any, **keywords: Any) -> None:
        _remember()
        close(*args, **keywords)

    closed._remembers = True  # type: ignore[attr-defined]
    return closed


def plain(result: Any) -> dict[str, Any]:
    """What a plotting function has drawn.

    Args:
        result: what it returned: a figure, axes, several of these, or anything else; the figures
            that it made are looked at in any case.
    """
    returned = list(_figures_in(result, 0))
    _remember()
    figures = [*returned, *[figure for figure in _shown if figure not in returned]]
    return {
        "returned": len(returned),
        "type": type(result).__name__[:MAX_TEXT],
        "figures": [_figure(figure) for figure in figures[:10]],
    }


def _figures_in(value: Any, depth: int) -> Iterable[Any]:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    if isinstance(value, Figure):
        yield value
    elif isinstance(value, Artist):
        if isinstance(value.figure, Figure):
            yield value.figure
    elif isinstance(value, list | tuple | np.ndarray) and depth < 3:
        for entry in list(value)[:20]:
            yield from _figures_in(entry, depth + 1)
    elif hasattr(value, "fig") and depth < 3:  # a grid of seaborn's
        yield from _figures_in(value.fig, depth + 1)


def _figure(figure: Any) -> dict[str, Any]:
    texts = [getattr(figure, name, None) for name in ("_suptitle", "_supxlabel", "_supylabel")]
    title, x_label, y_label = (_text(text) for text in texts)
    return {
        "title": title,
        "x_label": x_label,
        "y_label": y_label,
        "legends": [_legend(legend) for legend in figure.legends],
        "axes": [_axes(axes) for axes in figure.axes[:20]],
    }


def _axes(axes: Any) -> dict[str, Any]:
    from matplotlib.container import ErrorbarContainer

    bars = [c for c in axes.containers if isinstance(c, ErrorbarContainer)]
    parts = {id(part) for bar in bars for part in _parts(bar)}
    legend = axes.get_legend()
    return {
        "title": axes.get_title()[:MAX_TEXT],
        "x_label": axes.get_xlabel()[:MAX_TEXT],
        "y_label": axes.get_ylabel()[:MAX_TEXT],
        "x_scale": axes.get_xscale(),
        "y_scale": axes.get_yscale(),
        "x_ticks": _ticks(axes.xaxis),
        "legends": [_legend(legend)] if legend is not None and legend.get_visible() else [],
        "curves": [_bars(bar) for bar in bars[:MAX_ARTISTS] if bar[0] is not None]
        + [_line(line) for line in axes.lines[:MAX_ARTISTS] if id(line) not in parts],
        "bands": [{"bars": _reach(bar)} for bar in bars[:MAX_ARTISTS] if bar[0] is None] + [
            band for artist in axes.collections[:MAX_ARTISTS] if id(artist) not in parts
            for band in _band(artist)
        ],
        "dots": [_dots(artist) for artist in axes.collections[:MAX_ARTISTS]
                 if type(artist).__name__ == "PathCollection"],
        "rectangles": len(axes.patches),
    }  # fmt: skip


def _ticks(axis: Any) -> list[list[float]]:
    """Where the ticks of an axis are whose labels hold one number each, and these numbers."""
    told = []
    with contextlib.suppress(Exception):  # a formatter may be a program's own
        places = np.asarray(axis.get_majorticklocs(), float)[:MAX_ARTISTS]
        for place, label in zip(
            places, axis.get_major_formatter().format_ticks(places), strict=False
        ):
            numbers = re.findall(r"\d+(?:\.\d+)?", str(label)[:MAX_TEXT])
            if len(numbers) == 1:
                told.append([float(place), float(numbers[0])])
    return told


def _parts(bar: Any) -> Iterable[Any]:
    line, caps, stems = bar
    return [*([] if line is None else [line]), *caps, *stems]


def _bars(bar: Any) -> dict[str, Any]:
    """A curve of ``errorbar``: its points, and how far its vertical bars reach."""
    label = str(bar.get_label() or "")[:MAX_TEXT]
    return {**_line(bar[0]), "label": label, "bars": _reach(bar)}


def _reach(bar: Any) -> list[list[float]]:
    """Where each vertical error bar stands, begins and ends."""
    segments = [np.asarray(s, float) for stem in bar[2] for s in stem.get_segments()[:MAX_POINTS]]
    vertical = [s for s in segments if s.shape == (2, 2) and s[0, 0] == s[1, 0]]
    return [[float(s[0, 0]), float(s[0, 1]), float(s[1, 1])] for s in vertical]


def _line(line: Any) -> dict[str, Any]:
    return {
        "x": _numbers(line.get_xdata(orig=False)),
        "y": _numbers(line.get_ydata(orig=False)),
        "label": str(line.get_label())[:MAX_TEXT],
        "visible": _is_visible(line),
        "bars": [],
    }


def _is_visible(artist: Any) -> bool:
    opacity = artist.get_alpha()
    return bool(artist.get_visible()) and (np.ndim(opacity) > 0 or opacity is None or opacity > 0)


def _band(artist: Any) -> list[dict[str, Any]]:
    """What ``fill_between`` fills: for each x the least and the largest y; or vertical lines."""
    if type(artist).__name__ == "LineCollection":
        segments = [np.asarray(s, float) for s in artist.get_segments()[:MAX_POINTS]]
        upright = [s for s in segments if s.shape == (2, 2) and s[0, 0] == s[1, 0]]
        return [{"bars": [[s[0, 0], min(s[:, 1]), max(s[:, 1])] for s in upright]}]
    if type(artist).__name__ not in ("PolyCollection", "FillBetweenPolyCollection"):
        return []
    reach: dict[float, list[float]] = {}
    for path in artist.get_paths()[:MAX_ARTISTS]:
        for x, y in np.asarray(path.vertices, float)[: 4 * MAX_POINTS]:
            reach.setdefault(float(x), []).append(float(y))
    return [{"bars": [[x, min(ys), max(ys)] for x, ys in sorted(reach.items())]}]


def _dots(artist: Any) -> dict[str, Any]:
    offsets = np.asarray(artist.get_offsets(), float)[:MAX_POINTS]
    x, y = (offsets[:, 0], offsets[:, 1]) if offsets.ndim == 2 else ([], [])
    return {
        "x": _numbers(x),
        "y": _numbers(y),
        "label": str(artist.get_label())[:MAX_TEXT],
        "visible": _is_visible(artist),
        "bars": [],
    }


def _legend(legend: Any) -> list[str]:
    return [text.get_text()[:MAX_TEXT] for text in legend.get_texts()[:MAX_ARTISTS]]


def _text(text: Any) -> str:
    return "" if text is None else str(text.get_text())[:MAX_TEXT]


def _numbers(values: Any) -> list[float]:
    with contextlib.suppress(TypeError, ValueError):
        return [float(v) for v in np.ma.filled(np.ma.asarray(values, float), np.nan)[:MAX_POINTS]]
    return []
