"""Where in a repository a person looks for what an item tells."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from adcheck.model import ItemResult, Place, Report
from adcheck.report.escape import escape_line

__all__ = ["file_of", "line_of", "place_of"]

_MODULE: Final = re.compile(r"(?P<label>.+\.py), line (?P<line>\d{1,9})")
_CELL: Final = re.compile(r"(?P<label>cell \d{1,6}), line (?P<line>\d{1,9})")


def place_of(item: ItemResult) -> Place | None:
    """The innermost line that raised, or else the lines that define the function."""
    if item.frames:
        where = item.frames[-1].where
        found = _MODULE.fullmatch(where) or _CELL.fullmatch(where)
        if found is not None:
            return Place(found["label"], int(found["line"]), int(found["line"]))
    return item.place


def file_of(report: Report, item: ItemResult | None = None) -> str:
    """The path of the file that an item's place is in, with slashes."""
    path = PurePath(report.path)
    place = place_of(item) if item is not None else None
    if place is not None and place.label.endswith(".py") and path.name != place.label:
        folder = path if path.suffix not in (".py", ".ipynb") else path.parent
        path = folder / place.label
    return escape_line(path.as_posix())


def line_of(report: Report, item: ItemResult) -> int | None:
    """The line in that file; None in a notebook, whose cells have lines of their own."""
    place = place_of(item)
    return place.first if place is not None and place.label.endswith(".py") else None
