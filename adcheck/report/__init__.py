"""Turns a report into text: one file per format, each imported when it is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from adcheck.model import Report

__all__ = ["FORMATS", "PRINTED", "Format", "render"]

Format: TypeAlias = Literal[
    "table", "json", "markdown", "html", "junit", "gradescope", "github", "classroom"
]
FORMATS: tuple[Format, ...] = get_args(Format)
PRINTED: tuple[Format, ...] = ("table", "markdown", "github")
"""Formats that take a stream's own encoding; the others are read as UTF-8 by programs."""


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
        case "markdown":
            from adcheck.report.md import render_markdown

            return render_markdown(report)
        case "html":
            from adcheck.report.page import render_report

            return render_report(report)
        case "junit":
            from adcheck.report.junit import render_junit

            return render_junit(report)
        case "gradescope":
            from adcheck.report.gradescope import render_gradescope

            return render_gradescope(report)
        case "github":
            from adcheck.report.github import render_github

            root = os.environ.get("GITHUB_WORKSPACE")
            folder = os.path.relpath(os.getcwd(), root) if root else ""
            return render_github(report, width=width, folder=folder)
        case "classroom":
            from adcheck.report.classroom import render_classroom

            return render_classroom(report)
