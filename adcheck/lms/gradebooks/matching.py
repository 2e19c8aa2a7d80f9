"""Whose line of a sheet is whose grade: by number, e-mail, login and, at last, by name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from adcheck.course import Grade, Student
from adcheck.errors import UsageError
from adcheck.lms.claims import warning
from adcheck.lms.tree import nfc
from adcheck.model import Problem

__all__ = ["Line", "Matches", "match"]

# Of the shorter side; below it, the sheet is another course's, and chance matches are mistakes.
_LEAST_SHARE: Final = 0.2
_SHOWN: Final = 3


@dataclass(frozen=True)
class Line:
    """A student's line in a sheet.

    Attributes:
        row: its index in the sheet.
        name: as the sheet has it.
        lms_id, email: likewise, if it has them.
        logins: whatever else it calls the student.
    """

    row: int
    name: str = ""
    lms_id: str = ""
    email: str = ""
    logins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matches:
    """Who is on both sides, and who on one alone.

    Attributes:
        pairs: a line, and the grade that goes there.
        students: with a grade but no line.
        lines: without a grade.
        problems: what a person should look at.
    """

    pairs: tuple[tuple[Line, Grade], ...]
    students: tuple[Student, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def match(lines: Sequence[Line], grades: Sequence[Grade], *, names_decide: bool = False) -> Matches:
    """Match the lines of a sheet with grades, each once at most.

    Args:
        lines: of the sheet.
        grades: one for each student.
        names_decide: whether a number is only believed where the name agrees, because numbers
            begin anew in each assignment.

    Raises:
        UsageError: nobody, or almost nobody, is on both sides.
    """
    pairing = _Pairing(lines, grades)
    problems = pairing.by_number(names_decide)
    pairing.by(lambda line: [line.email], lambda who: [who.email])
    pairing.by(lambda line: [*line.logins, line.email], lambda who: [who.login, who.email])
    pairing.by(lambda line: [*line.logins, line.lms_id], lambda who: [who.name, who.id])
    problems += pairing.by(lambda line: [_words(line.name)], lambda who: [_words(who.name)])
    matches = pairing.matches(problems)
    _check(matches, lines, grades)
    return matches


class _Pairing:
    """The lines and grades that are not matched yet."""

    def __init__(self, lines: Sequence[Line], grades: Sequence[Grade]) -> None:
        self._lines, self._grades = list(lines), list(grades)
        self._pairs: list[tuple[Line, Grade]] = []

    def by_number(self, names_decide: bool) -> list[Problem]:
        apart: list[Problem] = []
        for line, grade in self._alike(lambda line: [line.lms_id], lambda who: [who.lms_id])[0]:
            if names_decide and not _agree(line.name, grade.student):
                message = (
                    f"Number {line.lms_id} is {line.name} in the sheet and {grade.student.name} "
                    "in the submissions; is it another assignment's sheet?"
                )
                apart.append(warning("another-name", message))
            else:
                self._take(line, grade)
        return apart

    def by(
        self, of_line: Callable[[Line], list[str]], of_student: Callable[[Student], list[str]]
    ) -> list[Problem]:
        found, doubtful = self._alike(of_line, of_student)
        for line, grade in found:
            self._take(line, grade)
        message = "Several lines or students go by {}, so none of them was matched by it."
        return [warning("ambiguous", message.format(key)) for key in doubtful]

    def matches(self, problems: Sequence[Problem]) -> Matches:
        pairs = sorted(self._pairs, key=lambda pair: pair[0].row)
        students = tuple(grade.student for grade in self._grades)
        return Matches(tuple(pairs), students, tuple(self._lines), tuple(problems))

    def _alike(
        self, of_line: Callable[[Line], list[str]], of_student: Callable[[Student], list[str]]
    ) -> tuple[list[tuple[Line, Grade]], list[str]]:
        """Pairs that share a key which nobody else has, and keys that several share."""
        lines: defaultdict[str, list[Line]] = defaultdict(list)
        grades: defaultdict[str, list[Grade]] = defaultdict(list)
        for line in self._lines:
            for key in {_folded(key) for key in of_line(line)} - {""}:
                lines[key].append(line)
        for grade in self._grades:
            for key in {_folded(key) for key in of_student(grade.student)} - {""}:
                grades[key].append(grade)
        both = [key for key in lines if key in grades]
        one = [key for key in both if len(lines[key]) == len(grades[key]) == 1]
        pairs = {(lines[key][0].row, grades[key][0].student.id): key for key in one}
        rows = Counter(row for row, _ in pairs)
        ids = Counter(id for _, id in pairs)
        sure = [key for (row, id), key in pairs.items() if rows[row] == ids[id] == 1]
        found = [(lines[key][0], grades[key][0]) for key in sure]
        return found, [key for key in both if key not in one]

    def _take(self, line: Line, grade: Grade) -> None:
        self._pairs.append((line, grade))
        self._lines.remove(line)
        self._grades.remove(grade)


def _check(matches: Matches, lines: Sequence[Line], grades: Sequence[Grade]) -> None:
    fewer = min(len(lines), len(grades))
    if matches.pairs and len(matches.pairs) >= _LEAST_SHARE * fewer:
        return
    there = ", ".join(line.name or line.lms_id or line.email for line in lines[:_SHOWN])
    here = ", ".join(grade.student.name for grade in grades[:_SHOWN])
    raise UsageError(
        f"This is the sheet of another course or assignment: {len(matches.pairs) or 'none'} of "
        f"the {len(grades)} students graded can be found in its {len(lines)} lines. It has "
        f"{there or 'nobody'}; the submissions have {here or 'nobody'}. Nothing was written."
    )


def _agree(name: str, student: Student) -> bool:
    """Whether two names have the same letters; a number in place of a name contradicts none."""
    ours, theirs = _letters(student.name), _letters(name)
    return not theirs or bool(re.search(r"\d", student.name)) or ours == theirs


def _letters(name: str) -> list[str]:
    return sorted(character for character in _folded(name) if character.isalpha())


def _words(name: str) -> str:
    """A name whichever of its words comes first: "Lovelace, Ada" and "Ada Lovelace" are one."""
    return " ".join(sorted(re.findall(r"[^\s,_]+", _folded(name))))


def _folded(text: str) -> str:
    return nfc(nfc(text).strip().casefold())
