"""What a machine offers for grading, as a person reads it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adcheck.report.escape import escape_line, to_ascii
from adcheck.report.terminal import draw

__all__ = ["render_doctor"]

_LEVELS: Final = {
    "strict": ("✓", "green", "Programs by strangers are kept from your files and the network."),
    "weak": ("!", "yellow", "Programs are limited; they are not kept from your files or network."),
    "none": ("✗", "red", "Programs are only watched: grade none that you do not trust."),
}


def render_doctor(
    facts: Mapping[str, str],
    layers: Mapping[str, str],
    level: str,
    advice: Sequence[str],
    failure: str,
    *,
    width: int = 100,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Render an examination of the machine.

    Args:
        facts: by name.
        layers: of confinement, each ``"on"``, ``"on (what)"`` or ``"off: why"``.
        level: ``"strict"``, ``"weak"`` or ``"none"``.
        advice: what to do to get more.
        failure: why nothing can be graded here; empty if it can.
        width: columns of the screen.
        color: whether to use colours.
        unicode: whether symbols outside ASCII can be shown.
    """
    page = _page(facts, layers, level, advice, failure, width)
    text = draw(page, width=width, color=color)
    return text if unicode else to_ascii(text)


def _page(
    facts: Mapping[str, str],
    layers: Mapping[str, str],
    level: str,
    advice: Sequence[str],
    failure: str,
    width: int,
) -> Iterator[RenderableType]:
    yield _table("This machine", facts)
    if failure:
        yield Text(
            f"\n✗ Nothing can be graded here: {escape_line(failure, limit=500)}", style="red"
        )
        return
    yield Text("")
    yield _table("Confinement", layers)
    mark, style, sentence = _LEVELS[level]
    yield Text(f"\n{mark} isolation {level}. {sentence}", style=style)
    for one in advice:
        yield Text("\n" + textwrap.fill(one, min(width, 100)))


def _table(title: str, rows: Mapping[str, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    table.add_column(title, no_wrap=True)
    table.add_column("", overflow="fold")
    for name, value in rows.items():
        off = value.startswith("off")
        table.add_row(name, Text(escape_line(value), style="yellow" if off else ""))
    return table
