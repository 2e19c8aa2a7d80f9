"""What flows along the grading of a whole course: students, what they handed in, marks by hand.

Beside `adcheck.model`, which has what flows along the grading of one submission.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from adcheck.model import Problem, Report

__all__ = ["Alike", "Entry", "Grade", "HandIn", "Mark", "Material", "MaterialKind", "Student"]


@dataclass(frozen=True)
class Student:
    """Who handed something in.

    Attributes:
        id: nobody else's in this course; safe as a file's name. Letters of any script, digits,
            ``.``, ``_`` and ``-``.
        name: for people, as the LMS writes it.
        lms_id: what the LMS calls them, if it told: a participant's or user's number.
        email, login: if the LMS told them.
    """

    id: str
    name: str
    lms_id: str = ""
    email: str = ""
    login: str = ""


@dataclass(frozen=True)
class HandIn:
    """What one student handed in.

    Attributes:
        student: who.
        paths: of the files or folders to grade, relative to the folder that was given (or to
            where its zip was unpacked), the one to take first; none if nothing can be read.
        late: whether the LMS calls it late.
        problems: what there is to say of the choice: several files, an earlier attempt.
    """

    student: Student
    paths: tuple[str, ...]
    late: bool = False
    problems: tuple[Problem, ...] = ()


class MaterialKind(enum.StrEnum):
    """How a piece of material is shown."""

    MARKDOWN = "markdown"
    CODE = "code"
    TEXT = "text"
    IMAGE = "image"


@dataclass(frozen=True)
class Material:
    """Something that a person looks at to mark an item; hostile, whatever its kind.

    Attributes:
        kind: how it is shown.
        where: how a person finds it in the submission, such as ``"cell 7"``.
        content: the text; for an image, its bytes in base64.
        media_type: of an image: ``"image/png"`` or ``"image/jpeg"``.
    """

    kind: MaterialKind
    where: str
    content: str
    media_type: str = ""


@dataclass(frozen=True)
class Mark:
    """Points that a person gave.

    Attributes:
        item: its id.
        points: earned, between 0 and the item's.
        comment: for the student.
        reason: why a mark given by the machine was changed; shown to the student.
    """

    item: str
    points: float
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Entry:
    """One student's line in the course.

    Attributes:
        hand_in: what was handed in.
        report: what it earned; None if there was nothing to grade.
        materials: for each item that a person marks, what there is to look at.
        marks: by hand, by item id.
    """

    hand_in: HandIn
    report: Report | None
    materials: Mapping[str, tuple[Material, ...]] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True)
class Grade:
    """What one student gets: what a grade book takes.

    Attributes:
        student: who.
        score: points earned, those by hand included.
        max_score: points that could be earned.
        items: points earned for each item, by its id.
        late: whether the LMS calls the submission late.
        waiting: points that still wait for a person; a grade is final where there are none.
    """

    student: Student
    score: float
    max_score: float
    items: Mapping[str, float] = field(default_factory=dict)
    late: bool = False
    waiting: float = 0.0


@dataclass(frozen=True)
class Alike:
    """Submissions whose programs resemble each other: something to look at, never a verdict.

    Attributes:
        students: ids of two or more, sorted.
        similarity: of the least similar pair that holds the group together, between 0 and 1.
        why: one sentence: how much is the same, and where.
    """

    students: tuple[str, ...]
    similarity: float
    why: str
