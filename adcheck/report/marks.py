"""How a result is put in a few characters: points, and the symbol and word of each status."""

from __future__ import annotations

from typing import Final

from adcheck.model import ItemResult, Status

__all__ = ["STATUS", "count", "format_points", "of", "points_of"]

STATUS: Final[dict[Status, tuple[str, str, str]]] = {
    Status.PASS: ("✓", "pass", "green"),
    Status.PARTIAL: ("◐", "partial", "yellow"),
    Status.FAIL: ("✗", "fail", "red"),
    Status.RAISED: ("!", "raised", "red"),
    Status.LIMIT: ("◷", "limit", "red"),
    Status.MISSING: ("–", "missing", "red"),
    Status.SKIPPED: ("·", "skipped", "dim"),
    Status.MANUAL: ("✎", "by a person", "cyan"),
    Status.ERROR: ("!", "our fault", "bold magenta"),
}
"""Symbol, word and style of each status; every symbol is one column wide."""


def format_points(points: float) -> str:
    """Points as a person writes them: ``2``, ``1.5``, ``0.3333``."""
    return f"{round(points, 4) + 0.0:.10g}"


def of(points: float, most: float) -> str:
    """Points of how many: ``2 / 4``."""
    return f"{format_points(points)} / {format_points(most)}"


def count(points: float) -> str:
    """Points with their noun: ``1 point``, ``2.5 points``."""
    return f"{format_points(points)} point{'' if points == 1 else 's'}"


def points_of(result: ItemResult) -> str:
    """Points of an item, or a dash where nobody has decided on them yet."""
    if result.status.graded:
        return of(result.points, result.item.points)
    return f"– / {format_points(result.item.points)}"
