"""Folders and zip files as shelves of named files, read in memory and within limits."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from adcheck.errors import SubmissionNotFoundError

__all__ = ["SUFFIXES", "Folder", "Shelf", "TooLargeError", "Zip", "size_limit"]

SUFFIXES = (".py", ".ipynb")
_MEGABYTE = 1 << 20
_SIZE_LIMITS = {".py": 20 * _MEGABYTE, ".ipynb": 200 * _MEGABYTE}
_MAX_MEMBERS = 5000
_MAX_TOTAL = 300 * _MEGABYTE
# Text and base64 shrink at most about twentyfold; a bomb shrinks a thousandfold.
_MAX_RATIO = 200
_DEPTH = 3
_IGNORED_FOLDERS = frozenset(
    {"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env"}
)
_IGNORED_FILES = frozenset({"conftest.py", "setup.py", "__init__.py", "__main__.py"})


class TooLargeError(Exception):
    """Raised when a file exceeds the size that is read; the message is a sentence."""


class Shelf(Protocol):
    """Files by name, with ``/`` between a folder and what it holds."""

    def candidates(self) -> list[str]:
        """Names of files that could be a submission, at most two folders down, sorted."""

    def holds(self, name: str) -> bool:
        """Whether a regular file of that name can be read."""

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            TooLargeError: if there are more than are read.
            SubmissionNotFoundError: if they cannot be read.
        """


class Folder:
    """A folder on disk."""

    def __init__(self, path: Path) -> None:
        """Look at the folder at `path`; nothing is read yet."""
        self._path = path

    def candidates(self) -> list[str]:
        """Names of files that could be a submission."""
        try:
            return sorted(self._walk(self._path, ""))
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def holds(self, name: str) -> bool:
        """Whether a regular file of that name is there."""
        try:
            return stat.S_ISREG((self._path / name).stat().st_mode)
        except (OSError, ValueError):
            return False

    def read(self, name: str) -> bytes:
        """A file's bytes, read up to the limit of its kind."""
        limit = size_limit(name)
        path = self._path / name
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise _unreadable(path, error) from error
        return _within(data, limit, name)

    def _walk(self, folder: Path, prefix: str, depth: int = 1) -> Iterator[str]:
        for entry in os.scandir(folder):
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False) and depth < _DEPTH:
                if not _ignored_folder(entry.name):
                    yield from self._walk(folder / entry.name, name + "/", depth + 1)
            elif _is_candidate(entry.name) and self.holds(name):
                yield name


class Zip:
    """A zip file; members are read in memory and never written to disk."""

    def __init__(self, path: Path) -> None:
        """Read the table of contents.

        Raises:
            SubmissionNotFoundError: if this is no readable zip, or one beyond the limits.
        """
        self._path = path
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise SubmissionNotFoundError(f"{path} is no readable zip file ({error}).") from error
        except OSError as error:
            raise _unreadable(path, error) from error
        infos = self._file.infolist()
        if len(infos) > _MAX_MEMBERS:
            self.close()
            message = f"{path} holds {len(infos)} files; at most {_MAX_MEMBERS} are read."
            raise SubmissionNotFoundError(message)
        self._members = {_clean(info): info for info in infos if _is_safe(info)}
        self._total = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def candidates(self) -> list[str]:
        """Names of members that could be a submission."""
        return sorted(name for name in self._members if self._may_be(name))

    def holds(self, name: str) -> bool:
        """Whether a member of that name can be read."""
        return name in self._members

    def read(self, name: str) -> bytes:
        """A member's bytes, checked against what the table of contents says about it."""
        info, limit = self._members[name], size_limit(name)
        if info.flag_bits & 1:
            message = f"{name} in {self._path} is encrypted; hand in a zip without a password."
            raise SubmissionNotFoundError(message)
        big = info.file_size > _MEGABYTE and info.file_size > _MAX_RATIO * info.compress_size
        if big or self._total + info.file_size > _MAX_TOTAL:
            raise TooLargeError(f"{name} unpacks to {info.file_size} bytes, so it was not read.")
        try:
            with self._file.open(info) as member:
                data = member.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as bad:
            message = f"{name} in {self._path} cannot be unpacked ({bad})."
            raise SubmissionNotFoundError(message) from bad
        self._total += len(data)
        return _within(data, limit, name)

    def _may_be(self, name: str) -> bool:
        *folders, file = name.split("/")
        return (
            len(folders) < _DEPTH
            and not any(_ignored_folder(folder) for folder in folders)
            and _is_candidate(file)
        )


def size_limit(name: str) -> int:
    """How many bytes of a file are read; a notebook's saved outputs may be large."""
    return _SIZE_LIMITS.get(os.path.splitext(name)[1].lower(), _SIZE_LIMITS[".py"])


def _within(data: bytes, limit: int, name: str) -> bytes:
    if len(data) > limit:
        raise TooLargeError(f"{name} is larger than {limit // _MEGABYTE} MB, so it was not read.")
    return data


def _unreadable(path: Path, error: OSError) -> SubmissionNotFoundError:
    return SubmissionNotFoundError(f"{path} cannot be read: {error.strerror or error}.")


def _is_candidate(file: str) -> bool:
    lower = file.lower()
    tests = lower.startswith("test_") or lower.endswith("_test.py")
    ignored = lower.startswith(".") or lower in _IGNORED_FILES or (tests and lower.endswith(".py"))
    return lower.endswith(SUFFIXES) and not ignored


def _ignored_folder(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED_FOLDERS


def _clean(info: zipfile.ZipInfo) -> str:
    parts = info.filename.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def _is_safe(info: zipfile.ZipInfo) -> bool:
    name = info.filename.replace("\\", "/")
    mode = info.external_attr >> 16
    special = stat.S_IFMT(mode) not in (0, stat.S_IFREG)
    outside = name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"
    return not (info.is_dir() or special or outside or not _clean(info))
