"""The zip that an LMS gives, unpacked into a folder; it holds whatever students uploaded."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adcheck.errors import UsageError
from adcheck.language import tr
from adcheck.lms.members import UNSAFE, Namer, member_name
from adcheck.lms.tree import is_junk
from adcheck.model import Problem, Severity

__all__ = ["UnpackLimits", "Unpacked", "unpack"]

_MEGABYTE: Final = 1 << 20
_TOLD: Final = 50
_READ_KINDS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)


@dataclass(frozen=True)
class UnpackLimits:
    """How much of a zip is unpacked.

    Attributes:
        members: files in it; a zip with more is not unpacked at all.
        total_bytes: of all files together.
        member_bytes: of one file.
        ratio: of a file's size unpacked to its size packed. Text and saved pictures shrink at most
            about twentyfold, a bomb a thousandfold.
    """

    members: int = 50_000
    total_bytes: int = 2000 * _MEGABYTE
    member_bytes: int = 300 * _MEGABYTE
    ratio: float = 200.0


@dataclass(frozen=True)
class Unpacked:
    """What became of a zip.

    Attributes:
        files: how many were written.
        problems: what was not written, and why; each with its path as `Problem.where`.
    """

    files: int
    problems: tuple[Problem, ...]


class _RefusedError(Exception):
    """Raised for a member that is not written; the message is the end of a sentence."""


def unpack(path: Path, folder: Path, limits: UnpackLimits | None = None) -> Unpacked:
    """Unpack what an LMS gives as the download of all submissions.

    Nothing is written outside `folder`, and nothing in it is a link or may be executed. Zips
    within the zip stay zips. Names are made such that any system can hold them.

    Args:
        path: of the zip.
        folder: where to; made if need be, and empty.
        limits: how much is unpacked.

    Returns:
        What was written, and what was refused: a refused file never keeps others from being
        unpacked.

    Raises:
        UsageError: this is no zip that can be read or has far too many files, the folder is not
            empty, or it cannot be written to.
    """
    limits = limits or UnpackLimits()
    _make_empty(folder)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > limits.members:
                raise UsageError(f"{path} holds {len(infos)} files; at most {limits.members} are.")
            return _Unpacking(archive, folder, limits).all(infos)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise UsageError(f"{path} is no readable zip file ({error}).") from error
    except OSError as error:
        named = error.filename or path
        raise UsageError(f"{named} cannot be used: {error.strerror or error}.") from error


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty; name a new folder to unpack into.")
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror or error}.") from error


class _Unpacking:
    """One zip on its way into one folder."""

    def __init__(self, archive: zipfile.ZipFile, folder: Path, limits: UnpackLimits) -> None:
        self._archive, self._folder, self._limits = archive, folder, limits
        self._namer = Namer()
        self._left = limits.total_bytes
        self._problems: list[Problem] = []

    def all(self, infos: list[zipfile.ZipInfo]) -> Unpacked:
        written: set[str] = set()
        for info in infos:
            original = member_name(info)
            parts = [part for part in original.split("/") if part not in ("", ".")]
            if any(is_junk(part) for part in parts if part != ".."):
                continue
            place = self._place(original, parts)
            if place and self._one(info, place):
                if place in written:
                    told = tr("{file} is in the zip twice; the later one stays.", file=place)
                    self._tell("twice", told, place)
                written.add(place)
        return Unpacked(len(written), self._told())

    def _place(self, original: str, parts: list[str]) -> str:
        drive = original[1:2] == ":" and original[:1].isalpha()
        if original.startswith("/") or ".." in parts or drive or "\0" in original:
            self._tell(UNSAFE, tr("Not unpacked: its path leads out of the folder."), original)
            return ""
        if not parts:
            return ""
        place = self._namer.place(parts)
        if place is None:
            self._tell(UNSAFE, tr("Not unpacked: it lies too deep in folders."), original)
            return ""
        return place

    def _one(self, info: zipfile.ZipInfo, place: str) -> bool:
        """Write one member; whether a file came of it."""
        path = self._folder / place
        try:
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            self._check(info)
            self._write(info, path)
        except _RefusedError as reason:
            self._tell("not-unpacked", tr("Not unpacked: {reason}.", reason=reason), place)
        except OSError as error:
            if error.errno in _DISK:
                raise
            why = error.strerror or error
            self._tell("not-unpacked", tr("Not unpacked: {reason}.", reason=why), place)
        else:
            return True
        return False

    def _check(self, info: zipfile.ZipInfo) -> None:
        limits, kind = self._limits, stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise _RefusedError("it is a link" if kind == stat.S_IFLNK else "it is no regular file")
        if info.flag_bits & 0x1:
            raise _RefusedError("it is encrypted; ask for a zip without a password")
        if info.compress_type not in _READ_KINDS:
            raise _RefusedError("it is packed in a way that no LMS packs")
        if info.file_size > limits.member_bytes:
            raise _RefusedError(f"it is larger than {limits.member_bytes // _MEGABYTE} MB")
        if info.file_size > _MEGABYTE and info.file_size > limits.ratio * info.compress_size:
            raise _RefusedError("it unpacks to far more than it is, as a zip bomb does")
        if info.file_size > self._left:
            raise _RefusedError(f"the zip unpacks to over {limits.total_bytes // _MEGABYTE} MB")

    def _write(self, info: zipfile.ZipInfo, path: Path) -> None:
        """A half-written file is taken away again; links cannot be there, so none is followed."""
        part = path.with_name(".part")
        try:
            with part.open("xb") as out:
                for chunk in self._chunks(info):
                    out.write(chunk)
            os.replace(part, path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        with contextlib.suppress(ValueError, OverflowError, OSError):
            when = time.mktime((*info.date_time, 0, 0, -1))
            os.utime(path, (when, when))

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._archive.open(info) as member:
                while chunk := member.read(_MEGABYTE):
                    self._left -= len(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
            raise _RefusedError(f"it is damaged ({error})") from error

    def _tell(self, code: str, message: str, where: str) -> None:
        severity = Severity.NOTE if code == "twice" else Severity.WARNING
        self._problems.append(Problem(severity, code, message, where))

    def _told(self) -> tuple[Problem, ...]:
        """All that names a file, for somebody handed it in; of what leads out, only the first."""
        unsafe = [problem for problem in self._problems if problem.code == UNSAFE]
        kept = [problem for problem in self._problems if problem.code != UNSAFE]
        told = [*unsafe[:_TOLD], *kept]
        if len(unsafe) > _TOLD:
            message = f"{len(unsafe) - _TOLD} more files lead out of the folder."
            told.append(Problem(Severity.WARNING, UNSAFE, message))
        return tuple(told)
