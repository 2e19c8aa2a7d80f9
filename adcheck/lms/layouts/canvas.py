"""Canvas' download: ``lovelaceada_LATE_<user>_<attachment>_hw.py``, all files in one folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adcheck.language import mark, tr
from adcheck.lms.claims import Claim, Claims, Unmatched, note
from adcheck.lms.tree import File
from adcheck.model import Problem

__all__ = ["EXAMPLE", "PREFIX", "claim"]

EXAMPLE: Final = "lovelaceada_1234_56789_hw.py"

# Canvas' own importer takes the first two parts that are all digits; so does this.
_WHO = r"(?:(?P<late1>LATE_)?anon_(?P<late2>LATE_)?(?P<anon>[A-Za-z0-9]+)|"
_WHO += r"(?P<name>.+?)(?P<late3>_LATE)?_(?P<user>\d+))"
PREFIX: Final = re.compile(_WHO + r"_(?P<attachment>\d+)_(?P<file>.+)", re.I)
"""A file's name: who, the attachment's number, and what the student called it."""

_PAGE: Final = re.compile(_WHO + r"_(?P<page>text|link)\.html", re.I)
_TYPED: Final = mark("What was typed into Canvas' own editor is not graded; only files are.")
_LINKED: Final = mark("A link was handed in; nothing is fetched, so ask for the file itself.")


def claim(folder: Path, files: Sequence[File]) -> Claims:
    """Tell whose each file is."""
    claims: list[Claim] = []
    others: list[Unmatched] = []
    for file in files:
        match = PREFIX.fullmatch(file.name)
        page = _PAGE.fullmatch(file.name)
        if match is not None:
            claims.append(_claim(file, match, match["file"], int(match["attachment"])))
        elif page is not None:
            claims.append(_claim(file, page, file.name, 0, _page(page, file)))
        else:
            others.append(Unmatched(file.path, f"Canvas names files like {EXAMPLE}"))
    return Claims(tuple(claims), tuple(others))


def _page(page: re.Match[str], file: File) -> Problem:
    if page["page"].lower() == "text":
        return note("online-text", tr(_TYPED), file.path)
    return note("link", tr(_LINKED), file.path)


def _claim(
    file: File, match: re.Match[str], inner: str, attempt: int, told: Problem | None = None
) -> Claim:
    user = match["user"] or match["anon"]
    name = match["name"] or f"anon {user}"
    late = any(match[group] for group in ("late1", "late2", "late3"))
    return Claim(
        file,
        inner,
        name,
        lms_id=user,
        late=late,
        attempt=attempt,
        told=told,
        readable=told is None,
    )
