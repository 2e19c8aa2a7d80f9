"""Grades on their way back: one file per system, and `export` as the door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from adcheck.course import Grade
from adcheck.errors import UsageError
from adcheck.lms.gradebooks.canvas import fill_canvas
from adcheck.lms.gradebooks.classroom import write_classroom
from adcheck.lms.gradebooks.filled import Filled
from adcheck.lms.gradebooks.gradescope import fill_gradescope, write_gradescope
from adcheck.lms.gradebooks.moodle import fill_moodle
from adcheck.lms.gradebooks.nbgrader import write_nbgrader
from adcheck.lms.gradebooks.plain import write_csv

__all__ = ["GRADEBOOKS", "Filled", "Gradebook", "export"]

Gradebook: TypeAlias = Literal["canvas", "moodle", "gradescope", "classroom", "nbgrader", "csv"]
GRADEBOOKS: tuple[Gradebook, ...] = get_args(Gradebook)


def export(
    to: Gradebook,
    grades: Sequence[Grade],
    sheet: bytes | None = None,
    *,
    assignment: str = "",
    decimals: int = 2,
    incomplete: bool = False,
    items: Sequence[str] = (),
) -> Filled:
    """Make the file that a system takes grades from.

    Args:
        to: one of `GRADEBOOKS`.
        grades: one for each student.
        sheet: what the teacher downloaded. Canvas and Moodle need it; it is filled in place, and
            no line or column is ever added.
        assignment: for Canvas the title or number of the column, where it is not certain; for
            nbgrader the assignment's name.
        decimals: for Moodle, how many it keeps: 0 to 5.
        incomplete: whether to write grades that still wait for a person.
        items: for a plain CSV, ids that have a column in any case, in this order.

    Returns:
        The file, and what there is to say of it; nothing is written to the disk.

    Raises:
        UsageError: the sheet is lacking, unreadable or another course's, or is not called for.
    """
    match to:
        case "canvas":
            data = _needed(sheet, "Canvas", "the grade book (Grades, Export)")
            return fill_canvas(data, grades, assignment=assignment, incomplete=incomplete)
        case "moodle":
            data = _needed(sheet, "Moodle", "the assignment's offline grading worksheet")
            return fill_moodle(data, grades, decimals=decimals, incomplete=incomplete)
        case "gradescope" if sheet is not None:
            return fill_gradescope(sheet, grades, incomplete=incomplete)
    if sheet is not None:
        raise UsageError(f"--into does not go with --to {to}, which makes a sheet of its own.")
    match to:
        case "gradescope":
            return write_gradescope(grades, incomplete=incomplete)
        case "classroom":
            return write_classroom(grades, incomplete=incomplete)
        case "nbgrader":
            return write_nbgrader(grades, assignment=assignment, incomplete=incomplete)
        case "csv":
            return write_csv(grades, incomplete=incomplete, items=items)


def _needed(sheet: bytes | None, system: str, what: str) -> bytes:
    if sheet is None:
        raise UsageError(
            f"{system} finds students by its own numbers: download {what} there and give it as "
            "--into, and it will be filled."
        )
    return sheet
