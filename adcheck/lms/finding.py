"""From a folder of submissions to who handed in what."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adcheck.course import HandIn, Student
from adcheck.errors import UsageError
from adcheck.lms.choosing import Prefer, choose
from adcheck.lms.claims import Claim, Claims, Layout, Unmatched, note
from adcheck.lms.layouts import canvas, classroom, flat, gradescope, moodle
from adcheck.lms.names import distinct, safe_id
from adcheck.lms.tree import File, list_files, nfc
from adcheck.model import Problem

__all__ = ["LAYOUTS", "Roster", "find"]

# Each with the share of files that has to match before it is believed: the more particular its
# names are, the fewer. Whoever put a grade book or a solution beside the submissions is not at
# fault.
_KNOWN: Final[Mapping[str, tuple[Layout, float]]] = {
    "gradescope": (gradescope.claim, 0.1),
    "moodle": (moodle.claim, 0.2),
    "canvas": (canvas.claim, 0.4),
    "classroom": (classroom.claim, 0.5),
}
_EXAMPLES: Final = {
    "gradescope": gradescope.EXAMPLE,
    "moodle": moodle.EXAMPLE,
    "canvas": canvas.EXAMPLE,
    "classroom": classroom.EXAMPLE,
    "flat": flat.EXAMPLE,
}
LAYOUTS: Final = ("auto", "moodle", "canvas", "gradescope", "classroom", "flat")
"""The layouts that have names; any other text is a regular expression."""

_SHOWN: Final = 3


@dataclass(frozen=True)
class Roster:
    """Who handed in what.

    Attributes:
        layout: what was recognised, one of `LAYOUTS` but ``"auto"``; or the regular expression.
        hand_ins: one for each student, in the order of their names.
        others: files that are nobody's, and why.
        notes: what there is to say of the folder as a whole.
        files: for each student's id, all of their files that can be read: their paths by the
            names that the student gave them.
    """

    layout: str
    hand_ins: tuple[HandIn, ...]
    others: tuple[Unmatched, ...] = ()
    notes: tuple[Problem, ...] = ()
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def find(
    folder: Path,
    layout: str = "auto",
    *,
    prefer: Prefer = "ipynb",
    refused: Sequence[Problem] = (),
) -> Roster:
    """Find out who handed in what.

    Args:
        folder: of submissions, as an LMS lays them out; nothing in it is changed or run.
        layout: one of `LAYOUTS`, or a regular expression with a group named ``student``, matched
            against the start of each file's relative path, and then of its name.
        prefer: which kind is graded where a student handed in a module and a notebook.
        refused: what could not be unpacked into the folder, as `adcheck.lms.unpack` tells it: who
            handed that in is listed too.

    Raises:
        UsageError: the folder cannot be read, the pattern is none, or nobody is found.
    """
    named = [problem for problem in refused if problem.code != "unsafe-name"]
    files = list_files(folder, named)
    name, claims = _read(folder, files, layout)
    if not claims.claims:
        raise UsageError(_nobody(folder, files, layout))
    groups: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims.claims:
        groups[claim.key].append(claim)
    listed = sorted(groups.values(), key=lambda group: (nfc(group[0].name).casefold(), _id(group)))
    ids = distinct([_id(group) for group in listed])
    hand_ins = [_hand_in(folder, id, g, prefer) for id, g in zip(ids, listed, strict=True)]
    notes = (*claims.notes, *_namesakes([hand_in.student for hand_in in hand_ins]))
    kept = {id: _files(group) for id, group in zip(ids, listed, strict=True)}
    return Roster(name, tuple(hand_ins), claims.others, notes, kept)


def _read(folder: Path, files: Sequence[File], layout: str) -> tuple[str, Claims]:
    if layout == "auto":
        return _recognise(folder, files)
    if layout in _KNOWN:
        return layout, _KNOWN[layout][0](folder, files)
    if layout == "flat":
        return layout, flat.claim(folder, files)
    return layout, flat.by_pattern(_pattern(layout), files)


def _recognise(folder: Path, files: Sequence[File]) -> tuple[str, Claims]:
    best, share = "", 0.0
    found: dict[str, Claims] = {}
    for name, (claim, least) in _KNOWN.items():
        found[name] = claim(folder, files)
        matched = len({one.file.path for one in found[name].claims}) / len(files)
        if matched >= least and matched > share:
            best, share = name, matched
    return (best, found[best]) if best else ("flat", flat.claim(folder, files))


def _pattern(text: str) -> re.Pattern[str]:
    names = ", ".join(LAYOUTS)
    try:
        pattern = re.compile(nfc(text))
    except (re.error, RecursionError, OverflowError) as error:
        message = f"--layout {text!r} is none of {names}, and no regular expression ({error})."
        raise UsageError(message) from error
    if "student" not in pattern.groupindex:
        raise UsageError(
            f"--layout {text!r} is none of {names}, and as a regular expression it lacks a group "
            "(?P<student>...) for the student's name."
        )
    return pattern


def _nobody(folder: Path, files: Sequence[File], layout: str) -> str:
    there = ", ".join(repr("/".join(file.parts)) for file in files[:_SHOWN])
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    expected = f", whose names are like {_EXAMPLES[layout]!r}" if layout in _EXAMPLES else ""
    return (
        f"No file in {folder} fits the layout {layout!r}{expected}; what is there is {there}"
        f"{more}. Choose another --layout, or give a regular expression with a group "
        "(?P<student>...)."
    )


def _id(group: Sequence[Claim]) -> str:
    return safe_id(group[0].name, group[0].lms_id)


def _hand_in(folder: Path, id: str, group: Sequence[Claim], prefer: Prefer) -> HandIn:
    first = group[0]
    email = next((claim.email for claim in group if claim.email), "")
    login = next((claim.login for claim in group if claim.login), "")
    name = nfc(first.name).encode("utf-8", "replace").decode()  # a name may be no text at all
    student = Student(id, name, first.lms_id, email, login)
    choice = choose(folder, group, prefer)
    return HandIn(student, choice.paths, any(claim.late for claim in group), choice.problems)


def _files(group: Sequence[Claim]) -> dict[str, str]:
    readable = [c for c in group if c.readable and c.inner and c.file.refused is None]
    # Of two files with one name, the later one stays.
    ranked = sorted(readable, key=lambda c: (c.attempt, c.file.modified, c.file.path))
    return {claim.inner: claim.file.path for claim in ranked}


def _namesakes(students: Sequence[Student]) -> list[Problem]:
    count = Counter(student.name.casefold() for student in students)
    notes = []
    for name in sorted(name for name, number in count.items() if number > 1):
        same = [student for student in students if student.name.casefold() == name]
        ids = ", ".join(student.id for student in same)
        message = f"{len(same)} students are called {same[0].name}; they are told apart as {ids}."
        notes.append(note("same-name", message))
    return notes
