"""Names of students and of their files: as ids, and as one file handed in several times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from adcheck.lms.tree import nfc

__all__ = ["Attempt", "attempt_of", "distinct", "is_reserved", "safe_id", "shorten"]

_ID_BYTES: Final = 100  # of the 255 that a file's name may have; pages add a suffix
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.I)

_COPY = r"Copy of|Копия|Копія|Kopie von|Copie de|Copia de|Cópia de|Kopia"
_COPY_OF: Final = re.compile(rf"(?:{_COPY})\s+(?=\S)", re.I)
_COPY_AFTER: Final = re.compile(r"\s+[-–—]\s+(?:Copy|Копия|Копія|Kopie|Copie|Copia)$", re.I)
_BRACKETS: Final = re.compile(r"\s*\((\d{1,3})\)$")
_DASH: Final = re.compile(r"-(\d{1,2})$")

Attempt = tuple[str, int, bool]
"""A stem without what marks a later attempt, that attempt's number, and whether it is certain."""


def safe_id(name: str, number: str = "") -> str:
    """Make a student's id: safe as a file's name on every system, and the same in every run.

    Args:
        name: of the student, in any script.
        number: what the LMS calls them, if it told; part of the id, so that a namesake who comes
            later changes nothing.

    Returns:
        Letters, digits, ``.``, ``_`` and ``-``; never empty.
    """
    tail = _plain(number)
    room = _ID_BYTES - (len(tail.encode()) + 1 if tail else 0)
    head = shorten(_plain(name) or "student", max(room, 10)).strip("._-")
    whole = f"{head}_{tail}" if tail and tail not in (head, head.rpartition("_")[2]) else head
    return f"{whole}_" if is_reserved(whole) else whole


def distinct(wanted: Sequence[str]) -> list[str]:
    """Give numbers to ids that are the same but for upper and lower case, from the second on."""
    taken = {_folded(name) for name in wanted}
    seen: set[str] = set()
    given = []
    for name in wanted:
        new, number = name, 1
        while _folded(new) in seen or (number > 1 and _folded(new) in taken):
            number += 1
            new = f"{name}-{number}"
        seen.add(_folded(new))
        given.append(new)
    return given


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for a device, whatever its suffix."""
    return bool(_RESERVED.fullmatch(name.split(".")[0].rstrip()))


def shorten(text: str, most: int) -> str:
    """Cut a text to so many bytes of UTF-8, never within a character."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def attempt_of(stem: str) -> Attempt:
    """Tell which file this is a copy or a later attempt of.

    Args:
        stem: a file's name without its suffix, such as ``"hw (2)"`` or ``"Copy of hw"``.

    Returns:
        The stem of the first attempt, this one's number (0 for the first), and whether that is
        certain: ``hw-1`` may as well be the first homework, unless there is an ``hw`` too.
    """
    base, number = stem, 0
    while match := _COPY_OF.match(base):
        base, number = base[match.end() :], number + 1
    if match := _BRACKETS.search(base):
        base, number = base[: match.start()], number + int(match[1])
    if match := _COPY_AFTER.search(base):
        base, number = base[: match.start()], number + 1
    if base != stem:
        return base.strip() or stem, number, True
    if match := _DASH.search(base):
        return base[: match.start()], int(match[1]), False
    return stem, 0, True


def _plain(text: str) -> str:
    kept = "".join(c if _is_letter(c) else "_" for c in nfc(text).strip())
    return re.sub(r"_{2,}", "_", kept).strip("._-")


def _is_letter(character: str) -> bool:
    # Vowel signs of many scripts are marks; without them a name is another name.
    return character in ".-" or unicodedata.category(character)[0] in "LNM"


def _folded(text: str) -> str:
    return nfc(nfc(text).casefold())
