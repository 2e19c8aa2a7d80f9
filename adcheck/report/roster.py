"""Who handed in what, as ``adcheck batch --list`` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from adcheck.lms import Roster
from adcheck.report.escape import escape_line

__all__ = ["render_roster"]


def render_roster(roster: Roster) -> str:
    """Render a roster: a line for each student, and what was left out.

    Returns:
        Tab-separated values after the first line; what comes from students is escaped.
    """
    return "".join(f"{line}\n" for line in _lines(roster))


def _lines(roster: Roster) -> Iterator[str]:
    students = len(roster.hand_ins)
    yield f"layout {escape_line(roster.layout)}, {students} student{'' if students == 1 else 's'}"
    for hand_in in roster.hand_ins:
        student = hand_in.student
        taken = ", ".join(hand_in.paths) or "(nothing that can be graded)"
        late = "late" if hand_in.late else ""
        yield "\t".join(escape_line(cell) for cell in (student.id, student.name, taken, late))
        for problem in hand_in.problems:
            yield f"\t{escape_line(problem.message)}"
    for other in roster.others:
        yield f"left out\t{escape_line(other.path)}\t{escape_line(other.why)}"
    for note in roster.notes:
        yield escape_line(f"{note.where}: {note.message}".removeprefix(": "))
