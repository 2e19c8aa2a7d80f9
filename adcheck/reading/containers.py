"""Folders and zip files as shelves of named files, read in memory and within limits."""

from __future__ import annotations

import bz2
import errno
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from adcheck.errors import SubmissionNotFoundError
from adcheck.language import tr, trn

__all__ = ["SUFFIXES", "Folder", "Shelf", "TooLargeError", "Zip", "read_given", "size_limit"]

SUFFIXES = (".py", ".ipynb")
_MEGABYTE = 1 << 20
_SIZE_LIMITS = {".py": 20 * _MEGABYTE, ".ipynb": 200 * _MEGABYTE}
_MAX_MEMBERS = 5000
_MAX_TOTAL = 300 * _MEGABYTE
# Text and base64 shrink at most about twentyfold; a bomb shrinks a thousandfold.
_MAX_RATIO = 200
_MAX_UNPACKING = 100 * _MEGABYTE  # of memory: LZMA takes as much as a member's header asks for
_DEPTH = 3
_IGNORED_FOLDERS = frozenset(
    {"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env"}
)
_IGNORED_FILES = frozenset({"conftest.py", "setup.py", "__init__.py", "__main__.py"})
# Whatever is put in a file's place while it is opened, it is neither waited for nor followed.
_GIVEN = os.O_RDONLY | os.O_NONBLOCK
_BENEATH = _GIVEN | os.O_NOFOLLOW
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | getattr(os, "O_PATH", os.O_RDONLY)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class TooLargeError(Exception):
    """Raised when a file exceeds the size that is read; the message is a sentence."""


class Shelf(Protocol):
    """Files by name, with ``/`` between a folder and what it holds.

    Attributes:
        left_out: names that were looked for, and are links to a place outside.
    """

    left_out: set[str]

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
    """A folder on disk; a link that leads out of it is not followed.

    Attributes:
        left_out: names that were looked for, and are links to a place outside.
    """

    def __init__(self, path: Path) -> None:
        """Look at the folder at `path`; nothing is read yet."""
        self._path = path
        self._root = Path(os.path.realpath(path))
        self.left_out: set[str] = set()

    def candidates(self) -> list[str]:
        """Names of files that could be a submission."""
        try:
            return sorted(self._walk(self._path, ""))
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def holds(self, name: str) -> bool:
        """Whether a regular file of that name is there."""
        try:
            target = self._target(name)
            return target is not None and stat.S_ISREG(target.lstat().st_mode)
        except (OSError, ValueError):
            return False

    def read(self, name: str) -> bytes:
        """A file's bytes, read up to the limit of its kind."""
        path = self._path / name
        try:
            target = self._target(name)
            if target is None:
                raise SubmissionNotFoundError(f"{path} is a link to a place outside its folder.")
            return _content(_open_beneath(self._root, target), name)
        except OSError as error:
            raise _unreadable(path, error) from error

    def _target(self, name: str) -> Path | None:
        """Where a name leads, by whatever links; None where that is not in this folder."""
        target = Path(os.path.realpath(self._path / name))
        if target.is_relative_to(self._root):
            return target
        self.left_out.add(name)  # whether or not anything is there, which is nobody's business
        return None

    def _walk(self, folder: Path, prefix: str, depth: int = 1) -> Iterator[str]:
        for entry in os.scandir(folder):
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False) and depth < _DEPTH:
                if not _ignored_folder(entry.name):
                    yield from self._walk(folder / entry.name, name + "/", depth + 1)
            elif _is_candidate(entry.name) and self.holds(name):
                yield name


class Zip:
    """A zip file; members are read in memory and never written to disk.

    Attributes:
        left_out: none, since a member that is a link is no file here.
    """

    def __init__(self, path: Path) -> None:
        """Read the table of contents.

        Raises:
            SubmissionNotFoundError: if this is no readable zip, or one beyond the limits.
        """
        self._path = path
        self.left_out: set[str] = set()
        try:
            self._disk = _regular(os.open(path, _GIVEN))
        except OSError as error:
            raise _unreadable(path, error) from error
        try:
            self._file = zipfile.ZipFile(self._disk)
        except (*_DAMAGE, OSError) as error:
            self._disk.close()
            message = tr(
                "{file} is no readable zip file ({error}); make it again.",
                file=path,
                error=_reason(error),
            )
            raise SubmissionNotFoundError(message) from error
        infos = self._file.infolist()
        if len(infos) > _MAX_MEMBERS:
            self.close()
            message = trn(
                "{file} holds {count} file; at most {most} are read.",
                "{file} holds {count} files; at most {most} are read.",
                len(infos),
                file=path,
                count=len(infos),
                most=_MAX_MEMBERS,
            )
            raise SubmissionNotFoundError(message)
        self._members = {_clean(info): info for info in infos if _is_safe(info)}
        self._total = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._disk.close()

    def names(self) -> list[str]:
        """Names of all members that may be read."""
        return sorted(self._members)

    def candidates(self) -> list[str]:
        """Names of members that could be a submission."""
        return sorted(name for name in self._members if self._may_be(name))

    def holds(self, name: str) -> bool:
        """Whether a member of that name can be read."""
        return name in self._members

    def read(self, name: str) -> bytes:
        """A member's bytes, checked against what the table of contents says about it."""
        info = self._members[name]
        if info.flag_bits & 1:
            message = tr(
                "{file} in {zip} is encrypted; hand in a zip without a password.",
                file=name,
                zip=self._path,
            )
            raise SubmissionNotFoundError(message)
        big = info.file_size > _MEGABYTE and info.file_size > _MAX_RATIO * info.compress_size
        if big or self._total + info.file_size > _MAX_TOTAL:
            message = trn(
                "{file} unpacks to {count} byte, so it was not read.",
                "{file} unpacks to {count} bytes, so it was not read.",
                info.file_size,
                file=name,
                count=info.file_size,
            )
            raise TooLargeError(message)
        try:
            data = self._unpacked(info, min(info.file_size, size_limit(name) + 1))
        except (*_DAMAGE, OSError) as bad:
            message = tr(
                "{file} in {zip} cannot be unpacked ({error}); make the zip again.",
                file=name,
                zip=self._path,
                error=_reason(bad),
            )
            raise SubmissionNotFoundError(message) from bad
        self._total += len(data)
        return _within(data, name)

    def _unpacked(self, info: zipfile.ZipInfo, most: int) -> bytes:
        """So many bytes of a member; zipfile alone would unpack some kinds whole."""
        if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            with self._file.open(info) as member:
                return member.read(most)
        data = _decompressed(self._packed(info), info.compress_type, most)
        if len(data) < most or (most == info.file_size and zlib.crc32(data) != info.CRC):
            raise zipfile.BadZipFile("its content is not what the zip says of it")
        return data

    def _packed(self, info: zipfile.ZipInfo) -> bytes:
        """A member's bytes as they are in the zip, below a header of its own."""
        self._disk.seek(info.header_offset)
        name, extra = struct.unpack("<26x2H", self._disk.read(30))
        self._disk.seek(name + extra, os.SEEK_CUR)
        return self._disk.read(min(info.compress_size, _MAX_TOTAL))

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


def read_given(path: Path) -> bytes:
    """The bytes of the file that somebody named, which may well be a link.

    Raises:
        TooLargeError: if there are more than are read.
        SubmissionNotFoundError: if they cannot be read.
    """
    try:
        return _content(os.open(path, _GIVEN), path.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _open_beneath(root: Path, target: Path) -> int:
    """Open a file below a folder, step by step: what became a link meanwhile is not followed."""
    *folders, file = target.relative_to(root).parts or (".",)
    folder = os.open(root, _FOLDER)
    try:
        for name in folders:
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(file, _BENEATH, dir_fd=folder)
    finally:
        os.close(folder)


def _content(descriptor: int, name: str) -> bytes:
    with _regular(descriptor) as file:
        return _within(file.read(size_limit(name) + 1), name)


def _regular(descriptor: int) -> BinaryIO:
    """The file behind a descriptor; a pipe or a device is closed again."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file")
    return os.fdopen(descriptor, "rb")


def _decompressed(packed: bytes, method: int, most: int) -> bytes:
    """At most so many bytes of what was packed by one of the less usual methods."""
    if method == zipfile.ZIP_BZIP2:
        return bz2.BZ2Decompressor().decompress(packed, most)
    if method == zipfile.ZIP_LZMA:
        # a version and a size come first; a .lzma file has the size of its content further on
        stream = packed[4:9] + b"\xff" * 8 + packed[9:]
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MAX_UNPACKING)
        return unpacker.decompress(stream, most)
    raise NotImplementedError(f"its method of packing, number {method}, is not known here")


def _within(data: bytes, name: str) -> bytes:
    limit = size_limit(name)
    if len(data) > limit:
        message = tr(
            "{file} is larger than {size} MB, so it was not read.",
            file=name,
            size=limit // _MEGABYTE,
        )
        raise TooLargeError(message)
    return data


def _unreadable(path: Path, error: OSError) -> SubmissionNotFoundError:
    why = error.strerror or error
    return SubmissionNotFoundError(tr("{file} cannot be read: {error}.", file=path, error=why))


def _reason(damage: Exception) -> str:
    return str(damage) or tr("it ends too early")


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
    outside = name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name)
    return bool(_clean(info)) and not (info.is_dir() or special or outside)
