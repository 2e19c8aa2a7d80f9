"""Turns a report into text: one file per format, each imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from adcheck.model import Report

__all__ = ["FORMATS", "Format", "render"]

Format: TypeAlias = Literal["table", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(
    report: Report,
    format: Format = "table",
    *,
    width: int = 100,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Render a report.

    Args:
        report: what was graded.
        format: one of `FORMATS`.
        width: columns; for formats that a person reads.
        color: whether escape sequences for colours are welcome; likewise.
        unicode: whether symbols outside ASCII are; likewise.

    Returns:
        The whole text, ending in a newline.
    """
    match format:
        case "table":
            from adcheck.report.table import render_table

            return render_table(report, width=width, color=color, unicode=unicode)
        case "json":
            from adcheck.report.json import render_json

            return render_json(report)
