"""Canvas' grade book: the CSV that "Export" gives, with one assignment's column filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from adcheck.course import Grade
from adcheck.errors import UsageError
from adcheck.lms.claims import note, warning
from adcheck.lms.gradebooks.filled import Filled, fill
from adcheck.lms.gradebooks.matching import Line, match
from adcheck.lms.gradebooks.numbers import parse, rounded, uses_comma, written
from adcheck.lms.gradebooks.sheet import Sheet, read_sheet
from adcheck.model import Problem

__all__ = ["fill_canvas"]

# Canvas writes and reads these titles in English, whatever its users' language.
_ID: Final = "ID"
_LOGINS: Final = ("SIS User ID", "SIS Login ID", "Integration ID")
_WITH_ID: Final = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)", re.DOTALL)
_NOT_STUDENTS: Final = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.I | re.DOTALL)
_TOTALS: Final = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")
_TEST_STUDENT: Final = "Student, Test"
_SHOWN: Final = 8


def fill_canvas(
    data: bytes, grades: Sequence[Grade], *, assignment: str = "", incomplete: bool = False
) -> Filled:
    """Fill an assignment's column of the sheet that Canvas exported.

    No line or column is made: an unknown title would make Canvas create an assignment. Who is
    excused (``EX``), or not given the assignment (``N/A``), stays so.

    Args:
        data: the sheet.
        grades: one for each student.
        assignment: title or number; empty for the only one, or the one that has as many points.
        incomplete: whether to write grades that still wait for a person.

    Raises:
        UsageError: this is no such sheet or another course's, or the column is not certain.
    """
    sheet = read_sheet(data)
    first = sheet.header[:4]
    if _ID not in first or first[0] not in ("Student", "LastName"):
        raise UsageError(
            "This is no grade book of Canvas, whose first columns are Student and ID; "
            "use Grades, Export in Canvas."
        )
    points = next((row for row in range(1, len(sheet.rows)) if _is_points(sheet, row)), 0)
    column, notes = _column(sheet, points, grades, assignment)
    lines = [_line(sheet, row) for row in range(1, len(sheet.rows)) if _is_student(sheet, row)]
    matches = match(lines, grades)
    comma = uses_comma(cell.value for row in sheet.rows[1:] for cell in row[len(first) :])
    most = parse(sheet.value(points, column)) if points else None

    def verdict(line: Line, grade: Grade) -> tuple[str, Problem | None]:
        text, old = written(grade.score, comma=comma), sheet.value(line.row, column).upper()
        if old in ("EX", "N/A"):
            return "", _kept(line.name, old)
        above = most is not None and rounded(grade.score) > most
        return text, _above(line.name, text, f"{most:f}") if above else None

    return fill(sheet, column, matches, verdict, incomplete=incomplete, notes=notes)


def _is_points(sheet: Sheet, row: int) -> bool:
    return "Points Possible" in sheet.value(row, 0)


def _is_student(sheet: Sheet, row: int) -> bool:
    values = [cell.value for cell in sheet.rows[row]]
    if _is_points(sheet, row) or all(_NOT_STUDENTS.fullmatch(value) for value in values):
        return False
    return sheet.value(row, 0) != _TEST_STUDENT


def _line(sheet: Sheet, row: int) -> Line:
    header = sheet.header
    names = [sheet.value(row, 0)]
    if header[0] == "LastName":
        names = [sheet.value(row, header.index("FirstName")), *names]
    logins = [sheet.value(row, header.index(title)) for title in _LOGINS if title in header]
    email = next((login for login in logins if "@" in login), "")
    return Line(row, " ".join(names), sheet.value(row, header.index(_ID)), email, tuple(logins))


def _column(
    sheet: Sheet, points: int, grades: Sequence[Grade], wanted: str
) -> tuple[int, list[Problem]]:
    titles = {
        index: title
        for index, title in enumerate(sheet.header)
        if _WITH_ID.fullmatch(title) and not _TOTALS.search(title)
    }
    if wanted:
        found = _named(titles, wanted)
        why = f"goes by {wanted!r}"
    else:
        most = rounded(max((grade.max_score for grade in grades), default=0))
        same = [i for i in titles if parse(sheet.value(points, i)) == most] if points else []
        found = list(titles) if len(titles) == 1 else same
        why = f"has {most:f} points"
    if len(found) != 1:
        raise UsageError(_unsure(list(titles.values()), [titles[i] for i in found], why))
    if points and "read only" in sheet.value(points, found[0]):
        raise UsageError(f"Canvas calls the column {titles[found[0]]!r} read only.")
    if wanted:
        return found[0], []
    return found[0], [note("column", f"The grades were put under {titles[found[0]]!r}.")]


def _named(titles: dict[int, str], wanted: str) -> list[int]:
    """Columns with that number; or else that title; or else with that in their title."""
    folded = wanted.strip().casefold()
    names = {i: title.casefold().rpartition(" (") for i, title in titles.items()}
    exact = [i for i, (title, _, id) in names.items() if folded in (id[:-1], f"{title} ({id}")]
    same = [i for i, (title, _, _) in names.items() if folded == title.strip()]
    return exact or same or [i for i, (title, _, _) in names.items() if folded in title]


def _unsure(titles: list[str], found: list[str], why: str) -> str:
    listed = ", ".join(repr(title) for title in (found or titles)[:_SHOWN])
    if not titles:
        return "The sheet has no assignment; make it in Canvas first, and export again."
    how = "Several columns" if found else "No column"
    verb = why if not found else why.replace("goes", "go").replace("has", "have")
    return f"{how} {verb}; name one of them by its title or number: {listed}."


def _kept(name: str, old: str) -> Problem:
    why = "is excused" if old == "EX" else "was not given the assignment"
    return note("excused", f"{name} {why} ({old}), which was left.")


def _above(name: str, score: str, most: str) -> Problem:
    message = f"{name} has {score} points, more than the {most} of the sheet; Canvas takes that."
    return warning("above-maximum", message)
