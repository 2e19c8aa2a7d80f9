"""Grade books that are written anew: a plain CSV, and what nbgrader and others would export."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from adcheck.course import Grade
from adcheck.lms.gradebooks.filled import Filled, waiting_note
from adcheck.lms.gradebooks.numbers import written
from adcheck.lms.gradebooks.sheet import harmless, table
from adcheck.model import Problem

__all__ = ["names_of", "new_table"]


def new_table(
    grades: Sequence[Grade],
    header: Sequence[str],
    row: Callable[[Grade, str], Sequence[str]],
    *,
    incomplete: bool,
    decimals: int = 2,
    notes: Sequence[Problem] = (),
) -> Filled:
    """Make a grade book with a line for each student.

    Args:
        grades: one for each student.
        header: the columns' titles.
        row: a student's cells, from the grade and its score as text; that is empty where the
            grade still waits for a person.
        incomplete: whether to write grades that still wait for a person.
        decimals: of a score.
        notes: what there is to say.
    """
    final = [grade for grade in grades if incomplete or not grade.waiting > 0]
    known = {grade.student.id for grade in final}
    rows = []
    for grade in grades:
        score = written(grade.score, decimals) if grade.student.id in known else ""
        rows.append(row(grade, score))
    told = (*notes, *waiting_note(grades, incomplete))
    titles = [harmless(title) for title in header]
    return Filled(table(titles, rows), tuple(grade.student for grade in final), notes=told)


def names_of(name: str) -> tuple[str, str]:
    """A first and a last name: what stands after a comma and before it, or else the last word."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    words = re.split(r"\s+", name.strip())
    return " ".join(words[:-1]), words[-1]
