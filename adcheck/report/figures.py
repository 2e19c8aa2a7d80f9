"""Figures for a page, drawn by matplotlib as SVG that takes its colours from the page.

Only this module imports matplotlib, and only when a figure is drawn.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from adcheck.language import tr
from adcheck.report.escape import escape_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Share", "available", "histogram", "shares"]

_WIDTH: Final = 5.2  # inches, of 72 points each: a phone shows it whole, in letters to be read
_MARGIN: Final = 0.35  # inches above and below the axes, for the labels
_TITLE: Final = 30  # characters of an item's title
_COLOURS: Final = {  # what is drawn, and the page's colour that takes its place
    "#010101": "var(--ink)",
    "#020202": "var(--quiet)",
    "#030303": "var(--line)",
    "#040404": "var(--accent)",
    "#050505": "var(--good)",
    "#060606": "var(--part)",
    "#070707": "var(--bad)",
}
_INK, _QUIET, _LINE, _ACCENT, _GOOD, _PART, _BAD = _COLOURS
_SETTINGS: Final = {
    "svg.fonttype": "none",  # texts stay texts
    "text.parse_math": False,  # a dollar in a title is a dollar
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _QUIET,
    "axes.edgecolor": _LINE,
    "xtick.color": _LINE,
    "ytick.color": _LINE,
    "xtick.labelcolor": _QUIET,
    "ytick.labelcolor": _INK,
    "hatch.linewidth": 0.6,
}

Share = tuple[str, int, int, int]
"""An item's title, and how many earned all of its points, some of them, none."""


def available() -> bool:
    """Whether figures can be drawn: matplotlib is an extra."""
    try:
        return find_spec("matplotlib") is not None
    except ValueError:  # it was put aside: sys.modules holds None in its place
        return False


def histogram(name: str, title: str, edges: Sequence[float], counts: Sequence[int]) -> Markup:
    """Draw how many submissions have their points between neighbouring edges.

    Args:
        name: of the figure; unique on its page, letters and digits.
        title: what it shows, for those who do not see it.
        edges: ascending; one more than `counts`.
        counts: how many submissions.

    Returns:
        An element ``svg``.
    """
    widths = [high - low for low, high in pairwise(edges)]
    middles = [low + width / 2 for low, width in zip(edges, widths, strict=False)]

    def paint(axes: Axes) -> None:
        bars = axes.bar(middles, counts, [0.9 * width for width in widths], color=_ACCENT)
        axes.bar_label(bars, [str(count or "") for count in counts], color=_INK, padding=2)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_xticks(list(edges))
        axes.set_xlabel(tr("points"))
        axes.set_yticks([])

    return _drawn(name, title, 1.5, paint)


def shares(name: str, title: str, items: Sequence[Share]) -> Markup:
    """Draw for each item how many earned all, some and none of its points.

    Args:
        name: of the figure; unique on its page, letters and digits.
        title: what it shows, for those who do not see it.
        items: at least one, the first one on top.

    Returns:
        An element ``svg``.
    """

    def paint(axes: Axes) -> None:
        left = [0.0] * len(items)
        for place, label, colour, hatch in (
            (1, tr("all points"), _GOOD, ""),
            (2, tr("some"), _PART, "////"),
            (3, tr("none"), _BAD, "xxxx"),
        ):
            parts = [_percent(item, int(item[place])) for item in items]
            axes.barh(
                range(len(items)),
                parts,
                0.62,
                left,
                label=label,
                color=colour if not hatch else "none",
                edgecolor=colour,
                hatch=hatch,
                linewidth=0.8,
            )
            left = [start + part for start, part in zip(left, parts, strict=True)]
        axes.set_yticks(range(len(items)), [_short(item[0]) for item in items])
        axes.tick_params("y", length=0)
        axes.set_ylim(len(items) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_xlabel(tr("percent of the submissions"))
        axes.spines["left"].set_visible(False)
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=3,
            frameon=False,
            columnspacing=1.2,
            handlelength=1.4,
        )

    return _drawn(name, title, 0.3 * len(items) + 0.3, paint)


def _percent(item: Share, count: int) -> float:
    return 100 * count / max(sum(item[1:]), 1)


def _short(title: str) -> str:
    return escape_line(title, limit=_TITLE)


def _drawn(name: str, title: str, height: float, paint: Callable[[Axes], None]) -> Markup:
    """Draw without pyplot, whose state is everybody's, and without anything that varies."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    settings: Any = {**_SETTINGS, "svg.hashsalt": name}
    with rc_context(settings):
        figure = Figure(figsize=(_WIDTH, height + 2 * _MARGIN), layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        paint(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    return _embedded(buffer.getvalue(), name, title)


def _embedded(svg: str, name: str, title: str) -> Markup:
    """Make a part of a page of what is a file on its own."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    # Its style sheet would hold for the whole page; its fonts are those of this machine.
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r"font: (\d+)px [^;\"]*", r"font-size: \1px", body)
    body = re.sub(r" font-family: [^;\"]*;", "", body)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = body.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
    for drawn, shown in _COLOURS.items():
        body = body.replace(drawn, shown)
    size = re.search(r'viewBox="([^"]*)"', svg)
    box = size.group(1) if size else "0 0 1 1"
    head = Markup(
        '<svg viewBox="{}" role="img" aria-labelledby="{}-title">\n<title id="{}-title">{}</title>'
    ).format(box, name, name, escape_line(title))
    return head + Markup("\n".join(line.rstrip() for line in body.split("\n")).rstrip())
