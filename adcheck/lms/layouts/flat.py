"""No system's layout: a file or a folder per student, or whatever a regular expression says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from adcheck.lms.claims import Claim, Claims, Unmatched, note
from adcheck.lms.imports import helpers
from adcheck.lms.names import attempt_of
from adcheck.lms.tree import File, nfc
from adcheck.model import Problem

__all__ = ["EXAMPLE", "by_pattern", "claim"]

EXAMPLE: Final = "lovelace.py or lovelace/hw.py"
_CODE: Final = (".py", ".ipynb")
# A teacher keeps these beside what was handed in; any other kind is a student's, if a wrong one.
_NOT_HANDED_IN: Final = re.compile(
    r".*\.(csv|tsv|xlsx?|ods|ya?ml|json|md|rst|log|toml|cfg|ini|sh|bat|db|html?)", re.I
)


def claim(folder: Path, files: Sequence[File]) -> Claims:
    """Tell whose each file is: that of whoever its name, or its folder's, names."""
    top = _wrapper(folder, files)
    loose = {file.path: file for file in files if "/" not in file.path[len(top) :]}
    there = {file.name: path for path, file in loose.items() if file.refused is None}
    shared = helpers(folder, there)
    claims: list[Claim] = []
    others: list[Unmatched] = []
    for file in files:
        first, _, rest = nfc(file.path)[len(nfc(top)) :].partition("/")
        place = PurePosixPath(first)
        if file.path not in loose:
            claims.append(Claim(file, rest, first))
        elif file.name in shared:
            others.append(Unmatched(file.path, f"{shared[file.name]} imports it: a helper module"))
        elif _NOT_HANDED_IN.fullmatch(first):
            others.append(Unmatched(file.path, f"no {place.suffix} file is a submission"))
        else:
            base, _, certain = attempt_of(place.stem)
            claims.append(Claim(file, first, base if certain else place.stem))
    return Claims(tuple(claims), tuple(others), _told(top))


def by_pattern(pattern: re.Pattern[str], files: Sequence[File]) -> Claims:
    """Tell whose each file is by a regular expression.

    Args:
        pattern: matched against the start of the relative path, and then of the file's name; its
            group ``student`` is the name. Groups ``id``, ``email`` and ``login`` are used too.
        files: to look at.
    """
    claims: list[Claim] = []
    others: list[Unmatched] = []
    for file in files:
        match = _match(pattern, file)
        if match is None:
            others.append(Unmatched(file.path, "the pattern given as --layout does not match it"))
            continue
        groups = {key: (value or "").strip() for key, value in match.groupdict().items()}
        one = [groups.get(key, "") for key in ("id", "email", "login")]
        name, *_ = groups["student"].split("\n")
        claims.append(Claim(file, file.name, name, lms_id=one[0], email=one[1], login=one[2]))
    return Claims(tuple(claims), tuple(others))


def _match(pattern: re.Pattern[str], file: File) -> re.Match[str] | None:
    """A folder's name is part of a student's only by accident."""
    for text in ("/".join(file.parts), file.name):
        match = pattern.match(text)
        student = (match["student"] or "").strip() if match else ""
        if student and "/" not in student:
            return match
    return None


def _wrapper(folder: Path, files: Sequence[File], top: str = "") -> str:
    """The one folder that everything lies in, unless it is a student's own."""
    inside = {file.path[len(top) :]: file.path for file in files}
    firsts = {path.partition("/")[0] for path in inside}
    if len(firsts) == 1 and all("/" in path for path in inside) and "" not in firsts:
        return _wrapper(folder, files, f"{top}{firsts.pop()}/")
    code = {path: whole for path, whole in inside.items() if path.lower().endswith(_CODE)}
    loose = {path: whole for path, whole in code.items() if "/" not in path}
    people = {PurePosixPath(path.partition("/")[0]).stem for path in code}
    return top if len(people) > 1 and not helpers(folder, loose) else ""


def _told(top: str) -> tuple[Problem, ...]:
    if not top:
        return ()
    message = f"Everything lies in {top}, so what is in it was taken for the students' files."
    return (note("one-folder", message, top),)
