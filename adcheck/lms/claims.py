"""What a layout says of each file: whose it is, and what its owner called it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from adcheck.lms.tree import File, nfc
from adcheck.model import Problem, Severity

__all__ = ["Claim", "Claims", "Layout", "Unmatched", "note", "warning"]


@dataclass(frozen=True)
class Claim:
    """One file that is one student's.

    Attributes:
        file: what lies on the disk.
        inner: its path as its owner named it, without what the LMS put before it; empty where
            there is only an empty folder.
        name: of the student.
        lms_id, email, login: as in `adcheck.course.Student`.
        late: whether the LMS calls it late.
        attempt: of two files with one name, the one with the higher number was handed in later;
            0 where the LMS does not tell.
        told: what is to be said of it.
        readable: whether it may be what is graded; text typed into the LMS is not.
    """

    file: File
    inner: str
    name: str
    lms_id: str = ""
    email: str = ""
    login: str = ""
    late: bool = False
    attempt: int = 0
    told: Problem | None = None
    readable: bool = True

    @property
    def key(self) -> str:
        """The same for all files of one student: what the LMS calls them, or else their name."""
        return self.lms_id or self.email or nfc(self.name).casefold()


@dataclass(frozen=True)
class Unmatched:
    """A file that was given to nobody.

    Attributes:
        path: relative to the folder of submissions.
        why: a sentence's end, such as ``"its name holds no student's name"``.
    """

    path: str
    why: str


@dataclass(frozen=True)
class Claims:
    """What a layout makes of a folder.

    Attributes:
        claims: whose each file is.
        others: what is nobody's.
        notes: what there is to say of the folder as a whole.
    """

    claims: tuple[Claim, ...]
    others: tuple[Unmatched, ...] = ()
    notes: tuple[Problem, ...] = ()


Layout: TypeAlias = Callable[[Path, Sequence[File]], Claims]
"""From the folder and what lies in it to whose it is. Only Gradescope's reads a file for that."""


def note(code: str, message: str, where: str = "") -> Problem:
    """Say something that costs nobody anything."""
    return Problem(Severity.NOTE, code, message, where)


def warning(code: str, message: str, where: str = "") -> Problem:
    """Say something that a person should look at."""
    return Problem(Severity.WARNING, code, message, where)
