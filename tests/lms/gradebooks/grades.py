"""Grades of small courses."""

from collections.abc import Mapping

from adcheck.course import Grade, Student


def grade(
    name: str,
    score: float = 30.0,
    lms_id: str = "",
    *,
    email: str = "",
    login: str = "",
    items: Mapping[str, float] | None = None,
    late: bool = False,
    waiting: float = 0.0,
) -> Grade:
    student = Student(name.replace(" ", "_"), name, lms_id, email, login)
    return Grade(student, score, 37.0, items or {}, late, waiting)
