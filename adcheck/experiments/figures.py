"""Pictures of experiments as files: the same CSV gives the same bytes.

Drawn without pyplot, whose state is everybody's; without dates and random ids. Only this module
and the kinds' own painters use matplotlib, and only when a picture is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from adcheck.errors import UsageError
from adcheck.files import write_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "available", "save"]

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by colour-blind people too. Source: Okabe and Ito, "Color Universal Design", 2008."""

_SETTINGS: Final = {
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.markersize": 4.5,
    "savefig.dpi": 160,
}


def available() -> bool:
    """Whether pictures can be drawn: matplotlib is an extra."""
    try:
        return find_spec("matplotlib") is not None
    except ValueError:  # it was put aside: sys.modules holds None in its place
        return False


def save(
    folder: Path, name: str, size: tuple[float, float], paint: Callable[[Figure], None]
) -> list[Path]:
    """Draws a picture and writes it as PNG and SVG.

    Args:
        folder: where to; it exists.
        name: of the files, without their endings.
        size: width and height in inches.
        paint: fills an empty figure.

    Returns:
        The files.

    Raises:
        UsageError: matplotlib is not installed, or the files cannot be written.
    """
    if not available():
        raise UsageError(
            "no picture was drawn, because matplotlib is not installed: install adcheck[plot] and "
            "run the same command again; it draws from the CSV."
        )
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    settings: Any = {**_SETTINGS, "svg.hashsalt": name}
    metadata: dict[str, dict[str, None]] = {
        "png": {"Software": None},
        "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    }
    written = []
    with rc_context(settings):
        for ending, nothing in metadata.items():
            figure = Figure(figsize=size, layout="constrained")
            paint(figure)
            buffer = io.BytesIO()
            figure.savefig(buffer, format=ending, metadata=nothing)
            path = folder / f"{name}.{ending}"
            write_file(path, buffer.getvalue())
            written.append(path)
    return written
