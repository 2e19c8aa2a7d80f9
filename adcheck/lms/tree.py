"""What lies in a folder of submissions: its files and empty folders, without what systems leave."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adcheck.errors import UsageError
from adcheck.language import tr
from adcheck.model import Problem, Severity

__all__ = ["File", "is_junk", "list_files", "nfc"]

_DEPTH: Final = 24
_MOST: Final = 200_000
_JUNK: Final = frozenset({"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "icon\r"})


@dataclass(frozen=True)
class File:
    """A file, or a folder that holds none.

    Attributes:
        path: relative to the folder of submissions, with ``/``, spelt as on the disk; that of an
            empty folder ends in ``/``.
        modified: seconds since 1970; 0 where it is not known.
        refused: why there is no such file on the disk although one was handed in.
    """

    path: str
    modified: float = 0.0
    refused: Problem | None = None

    @property
    def parts(self) -> list[str]:
        """The names along the path, composed (NFC); the last one is empty for an empty folder."""
        return nfc(self.path).split("/")

    @property
    def name(self) -> str:
        """The file's own name, composed (NFC)."""
        return self.parts[-1]


def nfc(text: str) -> str:
    """Compose letters and accents, so that one name is one string whatever system wrote it."""
    return unicodedata.normalize("NFC", text)


def is_junk(name: str) -> bool:
    """Whether a file or folder of that name is none that a person made: hidden, or a system's."""
    return name.startswith((".", "~$")) or name.lower() in _JUNK


def list_files(folder: Path, refused: Sequence[Problem] = ()) -> tuple[File, ...]:
    """List a folder of submissions.

    Args:
        folder: to look into; links in it are not followed.
        refused: what was not unpacked into it, each with its path as `Problem.where`.

    Returns:
        The files and empty folders in the order of their paths.

    Raises:
        UsageError: this is no folder, it cannot be read, or it holds nothing or far too much.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the folder, or the zip, of submissions.")
    found: list[File] = []
    try:
        for file in _walk(folder, "", 1):
            found.append(file)
            if len(found) > _MOST:
                raise UsageError(f"{folder} holds over {_MOST} files; give a smaller folder.")
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}.") from error
    there = {file.path for file in found}
    found += [File(p.where, 0.0, p) for p in refused if p.where and p.where not in there]
    if not found:
        raise UsageError(f"{folder} holds no files; give the folder, or the zip, of submissions.")
    return tuple(sorted(found, key=lambda file: (file.parts, file.path)))


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[File]:
    empty = True
    for entry in os.scandir(folder):
        if is_junk(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False) and depth < _DEPTH:
            empty = False
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/", depth + 1)
        elif entry.is_file(follow_symlinks=False):
            empty = False
            yield File(prefix + entry.name, entry.stat(follow_symlinks=False).st_mtime)
        elif entry.is_symlink():
            empty = False
            where = prefix + entry.name
            message = tr("It is a link, and links are not followed.")
            yield File(where, 0.0, Problem(Severity.WARNING, "link", message, where))
    if empty and prefix:
        yield File(prefix)
