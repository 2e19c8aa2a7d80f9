"""Moodle's download: ``Full Name_<participant>_assignsubmission_file/hw.py``, or the same flat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adcheck.language import tr
from adcheck.lms.claims import Claim, Claims, Unmatched, note
from adcheck.lms.tree import File
from adcheck.model import Problem

__all__ = ["EXAMPLE", "claim", "full_name"]

EXAMPLE: Final = "Ada Lovelace_1234_assignsubmission_file/hw.py"

# Moodle replaces every _ in a name by a space; groups without a number have none here either.
_PREFIX: Final = re.compile(
    r"(?P<name>[^_]+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?"
)
# What stands for a name where marking is anonymous: the string "participant" of mod_assign.
_BLIND: Final = re.compile(
    r"participante?|участник|учасник|teilnehmer(/in|_in)?|partecipante|deelnemer|uczestnik|"
    r"účastník|osallistuja|deltagare|deltaker|deltager|katılımcı|参加者",
    re.I,
)


def claim(folder: Path, files: Sequence[File]) -> Claims:
    """Tell whose each file is."""
    claims: list[Claim] = []
    others: list[Unmatched] = []
    for file in files:
        found = _claim(file)
        if found is None:
            others.append(Unmatched(file.path, f"Moodle names files like {EXAMPLE}"))
        else:
            claims.append(found)
    return Claims(tuple(claims), tuple(others))


def full_name(path: str) -> str:
    """The name that stands before the participant's number in a path; empty if none does."""
    matches = (_PREFIX.fullmatch(part) for part in path.split("/"))
    return next((match["name"].strip() for match in matches if match), "")


def _claim(file: File) -> Claim | None:
    parts = file.parts
    for depth, part in enumerate(parts):
        match = _PREFIX.fullmatch(part)
        if match is not None:
            inner = "/".join(name for name in [match["rest"] or "", *parts[depth + 1 :]] if name)
            number = match["id"] or ""
            name = match["name"].strip()
            blind = number and _BLIND.fullmatch(name)
            return Claim(
                file,
                inner,
                f"{name} {number}" if blind else name,
                lms_id=number,
                told=_told(match["plugin"], file),
                readable=match["plugin"] == "file",
            )
    return None


def _told(plugin: str, file: File) -> Problem | None:
    if plugin == "file":
        return None
    if plugin == "onlinetext":
        message = tr("What was typed into Moodle's own editor is not graded; only files are.")
        return note("online-text", message, file.path)
    message = tr("Moodle's plugin {plugin} holds no file to grade.", plugin=plugin)
    return note("other-plugin", message, file.path)
