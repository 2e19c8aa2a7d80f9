"""Names of a zip's members: as their author meant them, and as every system can hold them."""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from adcheck.lms.names import is_reserved, shorten
from adcheck.lms.tree import nfc

__all__ = ["UNSAFE", "Namer", "is_cyrillic", "member_name"]

UNSAFE: Final = "unsafe-name"
"""The code of problems whose `where` is no path in the folder."""

_UTF8: Final = 0x800  # the flag that says a name is UTF-8
_UNICODE_PATH: Final = 0x7075  # Info-ZIP's extra field with the name in UTF-8
_DEEPEST: Final = 20
_NAME_BYTES: Final = 200  # of the 255 that most systems take
_PATH_BYTES: Final = 2000
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member, with ``/`` between folders.

    Without the flag for UTF-8, `zipfile` reads names as those of the first IBM PC. They are what
    the system that made the zip used: UTF-8 on a Mac, and on a Russian Windows code page 866.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        name = _unicode_path(info.extra, raw) or _decoded(raw, name)
    return name.replace("\\", "/")


class Namer:
    """Gives each name in a zip one in a folder, on whatever system that folder lies."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def place(self, parts: Sequence[str]) -> str | None:
        """A relative path for a member; the same for the same member.

        Args:
            parts: the names along its path.

        Returns:
            A path in which no system finds fault, nor takes it for another member's that differs
            in upper and lower case alone. None if it is too deep or too long.
        """
        if len(parts) > _DEEPEST:
            return None
        place = ""
        for part in parts:
            place = self._step(place, part)
        return place if len(place.encode("utf-8", "replace")) <= _PATH_BYTES else None

    def _step(self, folder: str, part: str) -> str:
        part = nfc(part)
        if (folder, part) not in self._given:
            stem, dot, suffix = _harmless(part).rpartition(".")
            stem, suffix = (stem, dot + suffix) if stem else (suffix, "")
            path, number = _join(folder, stem + suffix), 1
            while path.casefold() in self._taken:
                number += 1
                path = _join(folder, f"{stem}~{number}{suffix}")
            self._taken.add(path.casefold())
            self._given[(folder, part)] = path
        return self._given[(folder, part)]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _harmless(part: str) -> str:
    name = _FORBIDDEN.sub("_", part).encode("utf-8", "replace").decode().rstrip(" .") or "_"
    if is_reserved(name):
        name = f"_{name}"
    if len(name.encode()) <= _NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    tail = f"{dot}{suffix}" if stem and len(suffix) <= 10 else ""
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{shorten(name, _NAME_BYTES - 20 - len(tail.encode())).rstrip(' .')}~{digest}{tail}"


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name that Info-ZIP wrote beside the old one, if it is still that one's."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if struct.unpack("<L", field[1:5])[0] != zlib.crc32(raw):
                return ""
            return field[5:].decode("utf-8", "replace")
    return ""


def _decoded(raw: bytes, old: str) -> str:
    if raw.isascii():
        return old
    for encoding in ("utf-8", "cp866", "cp1251"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or is_cyrillic(name):
            return name
    return old


def is_cyrillic(text: str) -> bool:
    """Whether every letter outside ASCII is Cyrillic, and no word mixes alphabets.

    Tells an encoding that fits from one that gives signs at random.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    outside = [character for character in text if not character.isascii()]
    return (
        bool(words)
        and all(c.isalpha() or c in "№«»–—\xa0" for c in outside)
        and all(unicodedata.name(c, "").startswith("CYRILLIC") for word in words for c in word)
    )
