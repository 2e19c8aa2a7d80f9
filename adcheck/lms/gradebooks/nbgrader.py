"""nbgrader's own CSV, as ``nbgrader export`` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adcheck.course import Grade
from adcheck.lms.gradebooks.filled import Filled
from adcheck.lms.gradebooks.numbers import written
from adcheck.lms.gradebooks.sheet import harmless
from adcheck.lms.gradebooks.tables import names_of, new_table

__all__ = ["write_nbgrader"]

_HEADER: Final = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def write_nbgrader(
    grades: Sequence[Grade], *, assignment: str = "", incomplete: bool = False
) -> Filled:
    """Write what nbgrader exports.

    Args:
        grades: one for each student; nothing is taken off for being late.
        assignment: what nbgrader calls it.
        incomplete: whether to write grades that still wait for a person.
    """

    def row(grade: Grade, score: str) -> list[str]:
        student = grade.student
        first, last = names_of(student.name)
        who = [student.login or student.lms_id or student.id, last, first, student.email]
        penalty = written(0) if score else ""
        points = [score, penalty, score, written(grade.max_score)]
        return [harmless(assignment), "", "", *map(harmless, who), *points]

    return new_table(grades, _HEADER, row, incomplete=incomplete)
