"""A page for each student as one zip, in the shape in which Moodle or Canvas takes it back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from adcheck.course import HandIn, Student
from adcheck.errors import UsageError
from adcheck.lms.claims import note, warning
from adcheck.lms.layouts import canvas, moodle
from adcheck.model import Problem

__all__ = ["FeedbackZip", "PagesFor", "feedback_zip"]

PagesFor: TypeAlias = Literal["moodle", "canvas"]

_PAGE: Final = "feedback.html"
_WHEN: Final = (2000, 1, 1, 0, 0, 0)  # the same pages make the same zip
_RENAMED: Final = note(
    "shown-as",
    "Canvas attaches each page as a comment, and shows it under the name of the file that the "
    "student handed in.",
)


@dataclass(frozen=True)
class FeedbackZip:
    """Pages for the students, to be uploaded.

    Attributes:
        data: the zip.
        students: those whose page is in it.
        left: those for whom the system has no place to put one.
        notes: what there is to say.
    """

    data: bytes
    students: tuple[Student, ...]
    left: tuple[Student, ...]
    notes: tuple[Problem, ...]


def feedback_zip(
    to: PagesFor, pages: Mapping[str, bytes], hand_ins: Sequence[HandIn]
) -> FeedbackZip:
    """Pack a page for each student.

    Moodle's importer reads the participant's number from a folder's name; Canvas' reads the
    numbers of the user and of the attachment from a file's name, and needs both.

    Args:
        to: whose upload it is for: Moodle's "Upload multiple feedback files in a zip", or Canvas'
            "Re-Upload Submissions".
        pages: HTML, by the student's id.
        hand_ins: as they were found in that system's own download.

    Raises:
        UsageError: nobody's page has a place there, because the download was another system's.
    """
    name_of: Callable[[HandIn], str] = _in_moodle if to == "moodle" else _in_canvas
    packed: dict[str, Student] = {}
    left: list[Student] = []
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for hand_in in hand_ins:
            student = hand_in.student
            name = name_of(hand_in)
            if student.id in pages and name and name not in packed:
                packed[name] = student
                info = zipfile.ZipInfo(name, _WHEN)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, pages[student.id])
            elif student.id in pages:
                left.append(student)
    if left and not packed:
        raise UsageError(
            f"None of these submissions came in a download of {to.capitalize()}'s, so it could not "
            "tell whose page is whose."
        )
    notes = [*([_RENAMED] if to == "canvas" else []), *_about(left)]
    return FeedbackZip(buffer.getvalue(), tuple(packed.values()), tuple(left), tuple(notes))


def _in_moodle(hand_in: HandIn) -> str:
    """Moodle before 4.1 wants the underscore at the end of the folder; later ones take it."""
    student = hand_in.student
    if not student.lms_id.isdecimal():
        return ""
    name = moodle.full_name(hand_in.paths[0]) if hand_in.paths else ""
    plain = re.sub(r'[_<>:"/\\|?*\x00-\x1f]', " ", name or student.name).strip() or "student"
    return f"{plain}_{student.lms_id}_assignsubmission_file_/{_PAGE}"


def _in_canvas(hand_in: HandIn) -> str:
    """Another file name after the numbers is fine, and gives the page its own kind."""
    for path in hand_in.paths:
        name = path.rpartition("/")[2]
        match = canvas.PREFIX.fullmatch(name)
        if match is not None:
            return name[: match.start("file")] + _PAGE
    return ""


def _about(left: Sequence[Student]) -> list[Problem]:
    if not left:
        return []
    names = ", ".join(student.name for student in left)
    return [warning("no-place", f"There is no file to put a page beside for: {names}.")]
