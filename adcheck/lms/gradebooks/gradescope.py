"""Gradescope's grade sheet: its own download filled, or a new one with the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adcheck.course import Grade
from adcheck.errors import UsageError
from adcheck.lms.claims import note, warning
from adcheck.lms.gradebooks.filled import Filled, fill
from adcheck.lms.gradebooks.matching import Line, match
from adcheck.lms.gradebooks.numbers import parse, rounded, written
from adcheck.lms.gradebooks.sheet import Sheet, harmless, read_sheet
from adcheck.lms.gradebooks.tables import names_of, new_table
from adcheck.model import Problem

__all__ = ["fill_gradescope", "write_gradescope"]

_SCORE: Final = "Total Score"
_MOST: Final = "Max Points"
_BY_HAND: Final = note(
    "by-hand",
    "This has the columns of Gradescope's own download of grades; to show grades in Gradescope "
    "itself, upload adcheck as its autograder.",
)


def write_gradescope(grades: Sequence[Grade], *, incomplete: bool = False) -> Filled:
    """Write a sheet with the columns that Gradescope's download of an assignment's grades has.

    Args:
        grades: one for each student.
        incomplete: whether to write grades that still wait for a person.
    """
    items = list(dict.fromkeys(id for grade in grades for id in grade.items))

    def row(grade: Grade, score: str) -> list[str]:
        first, last = names_of(grade.student.name)
        who = [first, last, grade.student.lms_id, grade.student.email]
        points = [written(grade.items[id]) if id in grade.items else "" for id in items]
        status = "Graded" if score else "Ungraded"
        return [*map(harmless, who), score, written(grade.max_score), status, *points]

    header = ["First Name", "Last Name", "SID", "Email", _SCORE, _MOST, "Status", *items]
    return new_table(grades, header, row, incomplete=incomplete, notes=[_BY_HAND])


def fill_gradescope(data: bytes, grades: Sequence[Grade], *, incomplete: bool = False) -> Filled:
    """Fill the total scores of an assignment's sheet that was downloaded from Gradescope.

    Args:
        data: the sheet.
        grades: one for each student.
        incomplete: whether to write grades that still wait for a person.

    Raises:
        UsageError: this is no such sheet or another course's.
    """
    sheet = read_sheet(data)
    if _SCORE not in sheet.header or "Email" not in sheet.header:
        raise UsageError(
            f"This is no sheet of Gradescope's, which has the columns Email and {_SCORE}; use "
            "Review Grades, Download Grades."
        )
    column = sheet.header.index(_SCORE)
    lines = [_line(sheet, row) for row in range(1, len(sheet.rows))]
    matches = match(lines, grades)

    def verdict(line: Line, grade: Grade) -> tuple[str, Problem | None]:
        text, most = written(grade.score), parse(_cell(sheet, line.row, _MOST))
        if most is None or rounded(grade.score) <= most:
            return text, None
        message = f"{line.name} has {text} points, more than the sheet's {most:f}."
        return text, warning("above-maximum", message)

    return fill(sheet, column, matches, verdict, incomplete=incomplete, notes=[_BY_HAND])


def _line(sheet: Sheet, row: int) -> Line:
    first, last = _cell(sheet, row, "First Name"), _cell(sheet, row, "Last Name")
    name = f"{first} {last}".strip() or _cell(sheet, row, "Name")
    return Line(row, name, _cell(sheet, row, "SID"), _cell(sheet, row, "Email"))


def _cell(sheet: Sheet, row: int, title: str) -> str:
    return sheet.value(row, sheet.header.index(title)) if title in sheet.header else ""
