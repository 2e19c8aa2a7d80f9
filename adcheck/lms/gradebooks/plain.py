"""A plain CSV: every item's points, for whatever reads tables."""

from __future__ import annotations

from collections.abc import Sequence

from adcheck.course import Grade
from adcheck.lms.gradebooks.filled import Filled
from adcheck.lms.gradebooks.numbers import written
from adcheck.lms.gradebooks.sheet import harmless
from adcheck.lms.gradebooks.tables import new_table

__all__ = ["write_csv"]


def write_csv(
    grades: Sequence[Grade], *, incomplete: bool = False, items: Sequence[str] = ()
) -> Filled:
    """Write all that is known of each grade.

    Args:
        grades: one for each student.
        incomplete: whether to write scores that still wait for a person; items are written always.
        items: ids that have a column in any case, in this order: that of the rubric, so that
            columns stay where they are whatever has been decided; others follow.
    """
    items = list(dict.fromkeys([*items, *(id for grade in grades for id in grade.items)]))
    header = ["id", "name", "lms_id", "email", "login", *items, "score", "max_score"]

    def row(grade: Grade, score: str) -> list[str]:
        student = grade.student
        who = [student.id, student.name, student.lms_id, student.email, student.login]
        points = [written(grade.items[id]) if id in grade.items else "" for id in items]
        late = "late" if grade.late else ""
        most, waiting = written(grade.max_score), written(grade.waiting)
        return [*map(harmless, who), *points, score, most, late, waiting]

    return new_table(grades, [*header, "late", "waiting"], row, incomplete=incomplete)
