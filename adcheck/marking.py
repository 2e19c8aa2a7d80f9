"""Marks by hand as a table that people edit: reading ``manual.csv`` back, and writing it; pure.

The columns are student, item, points, comment, reason. A spreadsheet may have been at work in
between: semicolons or tabs for commas, commas in numbers and a byte order mark are understood, and
no cell that we write is taken for a formula.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from adcheck.course import Entry, Mark
from adcheck.model import ItemResult

__all__ = ["COLUMNS", "Marking", "read_marks", "write_marks"]

COLUMNS: Final = ("student", "item", "points", "comment", "reason")

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_SPECIAL: Final = re.compile(r'[",\r\n]')
_NUMBER: Final = re.compile(r"\d{1,9}([.,]\d{1,9})?", re.ASCII)
_LONGEST: Final = 20_000  # characters of a cell
_SHOWN: Final = 60  # characters of a cell in a message


@dataclass(frozen=True)
class Marking:
    """What a table of marks says.

    Attributes:
        marks: by student id and item id; empty if there is any problem, so that no table is taken
            in half.
        problems: what is wrong, a sentence each, with its line.
    """

    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class _RowError(Exception):
    """Raised when a row cannot be taken; its message is for the person who wrote it."""


def read_marks(text: str, entries: Sequence[Entry]) -> Marking:
    """Read a table of marks.

    Args:
        text: of the file, as CSV; a cell that begins as a formula would may have an apostrophe
            before it.
        entries: of the course. A mark for an item that the machine graded needs a reason.

    Returns:
        The marks, or every problem that there is.
    """
    try:
        header, *rows = _rows(text)
    except ValueError as error:
        return Marking(problems=(str(error),))
    missing = [name for name in COLUMNS[:3] if name not in header.cells]
    if missing:
        told = f"The first line has no column {' and no column '.join(missing)}"
        return Marking(problems=(f"{told}; there should be {', '.join(COLUMNS)}.",))
    return _taken(rows, header.cells, {e.hand_in.student.id: e for e in entries})


def write_marks(marks: Mapping[str, Iterable[Mark]]) -> str:
    """Write a table of marks that `read_marks` reads back.

    Args:
        marks: by student id.

    Returns:
        CSV whose lines end in a line feed.
    """
    lines = [",".join(COLUMNS)]
    for student, given in marks.items():
        for mark in given:
            points = f"{round(mark.points, 6) + 0.0:.12g}"
            cells = (student, mark.item, points, mark.comment, mark.reason)
            lines.append(",".join(_quoted(_guarded(cell)) for cell in cells))
    return "".join(f"{line}\n" for line in lines)


def _quoted(cell: str) -> str:
    """A lone carriage return, which `csv` does not quote, ends a line for whoever reads it."""
    return '"{}"'.format(cell.replace('"', '""')) if _SPECIAL.search(cell) else cell


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# --------------------------------------------------------------------------- the table


@dataclass(frozen=True)
class _Line:
    """A row that is not empty, and the line that it starts on."""

    number: int
    cells: list[str]


def _rows(text: str) -> list[_Line]:
    """The rows of a table.

    Raises:
        ValueError: with a sentence, if it is no table.
    """
    text = text.removeprefix("\ufeff").replace("\0", "")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    # Quotes may hold line breaks; newline="" leaves them as they are.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[_Line] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(_Line(start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"Line {start}: this is no table of values ({error}).") from error
    if not found:
        raise ValueError(f"The table is empty; its first line should be {','.join(COLUMNS)}.")
    header = [cell.strip().lower() for cell in found[0].cells]
    return [_Line(found[0].number, header), *found[1:]]


def _taken(rows: Sequence[_Line], header: list[str], entries: Mapping[str, Entry]) -> Marking:
    marks: dict[str, dict[str, Mark]] = {}
    lines: dict[tuple[str, str], int] = {}
    problems: list[str] = []
    for line in rows:
        try:
            student, mark = _mark(line.cells, header, entries)
        except _RowError as error:
            problems.append(f"Line {line.number}: {error}")
            continue
        before = lines.setdefault((student, mark.item), line.number)
        if before != line.number:
            problems.append(
                f"Line {line.number}: {mark.item} of {student} was marked in line {before} already."
            )
        marks.setdefault(student, {})[mark.item] = mark
    return Marking(problems=tuple(problems)) if problems else Marking(marks)


def _mark(
    cells: Sequence[str], header: Sequence[str], entries: Mapping[str, Entry]
) -> tuple[str, Mark]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise _RowError(
            f"it has {len(cells)} cells, and the table {len(header)} columns: "
            "a text with commas belongs between quotes."
        )
    values = dict(zip(header, map(_bare, cells), strict=False))
    student, item = values.get("student", "").strip(), values.get("item", "").strip()
    result = _result(student, item, entries)
    points = _points(values.get("points", "").strip(), result)
    comment, reason = (values.get(name, "").strip() for name in ("comment", "reason"))
    if max(len(comment), len(reason)) > _LONGEST:
        raise _RowError(f"a text is longer than {_LONGEST} characters.")
    if result.status.graded and not reason:
        raise _RowError(f"{item} was graded by the machine; changing its points needs a reason.")
    return student, Mark(item, points, comment, reason)


def _result(student: str, item: str, entries: Mapping[str, Entry]) -> ItemResult:
    """What the machine found, of a student and an item that have to exist."""
    if student not in entries:
        raise _RowError(f"there is no student {_shown(student)}{_guess(student, entries)}")
    report = entries[student].report
    if report is None:
        raise _RowError(f"nothing of {_shown(student)} was graded, so no item can be marked.")
    own = {result.item.id: result for result in report.items}
    if item in own:
        return own[item]
    others = {id_ for entry in entries.values() for id_ in _items(entry)}
    if item in others:
        raise _RowError(f"{_shown(item)} was not graded in the submission of {_shown(student)}.")
    raise _RowError(f"there is no item {_shown(item)}{_guess(item, others)}")


def _items(entry: Entry) -> set[str]:
    return {result.item.id for result in (entry.report.items if entry.report else ())}


def _points(text: str, result: ItemResult) -> float:
    if not text:
        raise _RowError("the points are missing.")
    if not _NUMBER.fullmatch(text):
        raise _RowError(f"the points should be a number such as 2 or 1.5, not {_shown(text)}.")
    points = float(text.replace(",", "."))
    most = result.item.points
    if points > most and not math.isclose(points, most, abs_tol=1e-6):
        raise _RowError(f"{_shown(text)} points are more than the {most:g} of {result.item.id}.")
    return min(points, most)


def _guess(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name[:_SHOWN], list(known), n=1)
    return f"; is it {_shown(close[0])}?" if close else "."


def _shown(text: str) -> str:
    """A cell inside a message: its characters as Python would write them."""
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return repr(short)
