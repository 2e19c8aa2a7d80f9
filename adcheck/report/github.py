"""The report as GitHub Actions shows it: annotations on the code, and the table in the log.

A step talks to the runner by what it prints. So whatever is not ours stands between
``stop-commands`` and a token that nobody can guess.
"""

from __future__ import annotations

import posixpath
import secrets
from collections.abc import Iterator

from adcheck.language import place as told_place
from adcheck.model import ItemResult, Report
from adcheck.report.escape import escape_line
from adcheck.report.lost import plain_story
from adcheck.report.marks import STATUS, points_of
from adcheck.report.places import file_of, line_of, place_of
from adcheck.report.table import render_table
from adcheck.report.words import errors, located

__all__ = ["render_github"]


def render_github(
    report: Report, *, width: int = 100, folder: str = "", token: str | None = None
) -> str:
    """Render a report for the log of a step.

    Args:
        report: what was graded.
        width: columns of the table.
        folder: where the report's path starts, seen from the root of the repository.
        token: ends the part in which nothing is obeyed; drawn anew if None.

    Returns:
        Lines of which the runner makes annotations, after the table.
    """
    token = token or secrets.token_hex(16)
    table = render_table(report, width=width)
    lines = [f"::stop-commands::{token}", table.rstrip("\n"), f"::{token}::"]
    return "\n".join([*lines, *_annotations(report, folder)]) + "\n"


def _annotations(report: Report, folder: str) -> Iterator[str]:
    for problem in errors(report):
        properties = {"file": _inside(file_of(report), folder), "title": "adcheck"}
        yield _command("error", properties, located(problem))
    for item in report.items:
        kind = STATUS[item.status].github
        if kind:
            yield _command(kind, _properties(report, item, folder), plain_story(item))


def _properties(report: Report, item: ItemResult, folder: str) -> dict[str, str]:
    title = f"{item.item.id}: {STATUS[item.status].label}, {points_of(item)}"
    place, line = place_of(item), line_of(report, item)
    properties = {"file": _inside(file_of(report, item), folder)}
    if line is not None and place is not None:
        properties |= {"line": str(line), "endLine": str(place.last)}
    elif place is not None:
        title += f" ({told_place(f'{place.label}, line {place.first}')})"
    return properties | {"title": escape_line(title)}


def _inside(path: str, folder: str) -> str:
    """A path as the repository knows it; one from the root of all is left to the runner."""
    return posixpath.normpath(posixpath.join(folder, path))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
