"""Google Classroom's folder on Drive: ``Ada Lovelace - hw.ipynb``, as copies are called there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adcheck.lms.claims import Claim, Claims, Unmatched, note
from adcheck.lms.names import attempt_of
from adcheck.lms.tree import File

__all__ = ["EXAMPLE", "claim"]

EXAMPLE: Final = "Ada Lovelace - hw.ipynb"
_NAMED: Final = re.compile(r"(?P<left>\S.*?)\s+[-–—]\s+(?P<right>\S.*)")
_COPY: Final = frozenset({"copy", "копия", "копія", "kopie", "copie", "copia"})


def claim(folder: Path, files: Sequence[File]) -> Claims:
    """Tell whose each file is.

    Drive's names are no system of Google's but a habit: the student's name, a dash, the title. If
    every file has the same text before the dash, the names stand after it.
    """
    named: list[tuple[File, str, str]] = []
    others: list[Unmatched] = []
    for file in files:
        split = _split(file.parts)
        if split is None:
            others.append(Unmatched(file.path, f"no student's name is in it, as in {EXAMPLE!r}"))
        else:
            named.append((file, *split))
    if _swapped([(left, right) for _, left, right in named]):
        message = "The same text stands before every dash, so names were taken from after it."
        claims = [_after(file, left, right) for file, left, right in named]
        return Claims(tuple(claims), tuple(others), (note("names-after-dash", message),))
    claims = [Claim(file, right, _person(left)) for file, left, right in named]
    return Claims(tuple(claims), tuple(others))


def _split(parts: Sequence[str]) -> tuple[str, str] | None:
    """The texts before and after the dash in the first name along the path that has one."""
    for depth, part in enumerate(parts):
        match = _NAMED.fullmatch(part)
        if match and match["right"].split(".")[0].split(" (")[0].strip().lower() not in _COPY:
            return match["left"], "/".join([match["right"], *parts[depth + 1 :]])
    return None


def _swapped(pairs: Sequence[tuple[str, str]]) -> bool:
    lefts = {_person(left) for left, _ in pairs}
    rights = {attempt_of(right.rpartition(".")[0])[0] for _, right in pairs}
    return len(lefts) == 1 and len(rights) > 1


def _after(file: File, left: str, right: str) -> Claim:
    name, dot, suffix = right.partition("/")[0].rpartition(".")
    stem = name if dot else suffix
    person = _person(stem)
    return Claim(file, left + stem.removeprefix(person) + right[len(stem) :], person)


def _person(text: str) -> str:
    return attempt_of(text)[0] if attempt_of(text)[2] else text
