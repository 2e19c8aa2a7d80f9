"""Google Classroom, which takes no file of grades: a list to type from, in its own order."""

from __future__ import annotations

from collections.abc import Sequence

from adcheck.course import Grade
from adcheck.lms.claims import note
from adcheck.lms.gradebooks.filled import Filled
from adcheck.lms.gradebooks.numbers import written
from adcheck.lms.gradebooks.sheet import harmless
from adcheck.lms.gradebooks.tables import names_of, new_table

__all__ = ["write_classroom"]


def write_classroom(grades: Sequence[Grade], *, incomplete: bool = False) -> Filled:
    """Write names, addresses and scores, sorted by last name as Classroom shows them.

    Args:
        grades: one for each student.
        incomplete: whether to write grades that still wait for a person.
    """

    def row(grade: Grade, score: str) -> list[str]:
        first, last = names_of(grade.student.name)
        who = [last, first, grade.student.email]
        return [*map(harmless, who), score, written(grade.max_score)]

    def by_last_name(grade: Grade) -> tuple[str, str]:
        first, last = names_of(grade.student.name)
        return last.casefold(), first.casefold()

    message = (
        "Google Classroom takes no grades from a file: type them, or let a script of yours send "
        "them to an assignment that the same script made."
    )
    return new_table(
        sorted(grades, key=by_last_name),
        ["Last Name", "First Name", "Email Address", "Score", "Max Score"],
        row,
        incomplete=incomplete,
        notes=[note("by-hand", message)],
    )
