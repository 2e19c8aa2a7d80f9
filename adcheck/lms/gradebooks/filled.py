"""What comes of filling a grade book, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from adcheck.course import Grade, Student
from adcheck.lms.claims import note, warning
from adcheck.lms.gradebooks.matching import Line, Matches
from adcheck.lms.gradebooks.numbers import parse
from adcheck.lms.gradebooks.sheet import Sheet
from adcheck.model import Problem

__all__ = ["Filled", "Verdict", "fill", "waiting_note"]

_SHOWN: Final = 5


@dataclass(frozen=True)
class Filled:
    """A grade book with grades in it.

    Attributes:
        data: the whole file.
        written: the students whose grade is in it.
        students: those who have a grade, but no line in the sheet.
        lines: names in the sheet that have no grade.
        notes: what there is to say.
    """

    data: bytes
    written: tuple[Student, ...]
    students: tuple[Student, ...] = ()
    lines: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()


Verdict: TypeAlias = Callable[[Line, Grade], tuple[str, Problem | None]]
"""What to write into a line, or nothing to leave it as it is; and what is said of that."""


def fill(
    sheet: Sheet,
    column: int,
    matches: Matches,
    verdict: Verdict,
    *,
    incomplete: bool,
    notes: Sequence[Problem] = (),
) -> Filled:
    """Put grades into one column of a teacher's sheet.

    Args:
        sheet: as it was downloaded.
        column: of the grades.
        matches: whose line is whose grade.
        verdict: what to write into a line.
        incomplete: whether to write grades that still wait for a person.
        notes: what is said so far.
    """
    cells: dict[int, str] = {}
    told = [*matches.problems, *notes]
    waiting: list[Grade] = []
    for line, grade in matches.pairs:
        text, problem = verdict(line, grade)
        if column >= len(sheet.rows[line.row]):
            text, problem = "", warning("short-line", f"{line.name}'s line ends too early.")
        if text and grade.waiting > 0:
            waiting.append(grade)
        if text and (incomplete or not grade.waiting > 0):
            cells[line.row] = text
        if problem is not None and (line.row in cells or not text):
            told.append(problem)
    told += waiting_note(waiting, incomplete)
    told += [*_replaced(sheet, column, cells), *_one_sided(matches)]
    written = tuple(grade.student for line, grade in matches.pairs if line.row in cells)
    lines = tuple(_name(line) for line in matches.lines)
    data = sheet.filled({(row, column): text for row, text in cells.items()})
    return Filled(data, written, matches.students, lines, tuple(told))


def waiting_note(grades: Sequence[Grade], incomplete: bool) -> list[Problem]:
    """Say whose grades wait for a person, and what was done about it."""
    names = [grade.student.name for grade in grades if grade.waiting > 0]
    if not names:
        return []
    verb, noun = ("has", "that grade was") if len(names) == 1 else ("have", "these grades were")
    done = "written without them" if incomplete else "left out until then"
    message = f"{_list(names)} still {verb} points that wait for a person; {noun} {done}."
    return [note("waiting", message)]


def _replaced(sheet: Sheet, column: int, cells: Mapping[int, str]) -> Iterator[Problem]:
    changed = []
    for row, cell in cells.items():
        old = sheet.value(row, column)
        if old not in ("", "-") and (parse(old) is None or parse(old) != parse(cell)):
            changed.append(old)
    if changed:
        count = f"{len(changed)} grade{'s' if len(changed) > 1 else ''}"
        verb = "were" if len(changed) > 1 else "was"
        yield note("replaced", f"{count} that stood in the sheet already {verb} replaced.")


def _one_sided(matches: Matches) -> Iterator[Problem]:
    if matches.students:
        names = _list([student.name for student in matches.students])
        yield note("not-in-sheet", f"Graded, but not in the sheet: {names}.")
    if matches.lines:
        names = _list([_name(line) for line in matches.lines])
        yield note("not-graded", f"In the sheet, but not graded: {names}.")


def _name(line: Line) -> str:
    return line.name or line.email or line.lms_id


def _list(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
