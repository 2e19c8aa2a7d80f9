"""Tables of an experiment's rows for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table

from adcheck.experiments.store import Cell, Row

__all__ = ["listed"]


def listed(columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """Some columns of some rows, numbers to three digits."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        words = any(isinstance(row[name], str) for row in rows)
        table.add_column(name, justify="left" if words else "right")
    for row in rows:
        table.add_row(*[_shown(row[name]) for name in columns])
    return table


def _shown(cell: Cell) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
