"""Writes what adcheck produces: whole files or nothing."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from adcheck.errors import UsageError

__all__ = ["check_writable", "clear_parts", "write_file", "write_files"]

_PART = ".adcheck-part"
"""How the name of a file ends that is not whole yet."""


def write_file(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part of them.

    Args:
        path: where to; a link's target is replaced, a device or pipe is written to directly.
        data: the whole content, or one part of it after the other.

    Raises:
        UsageError: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    parts = [data] if isinstance(data, bytes) else data
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(b"".join(parts))
        else:
            _replace(target, parts)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}.") from error


def write_files(
    folder: Path, files: Mapping[str, bytes], *, force: bool, can_force: bool = True
) -> list[Path]:
    """Write several files into a folder, which is made if need be: all of them or none.

    Args:
        folder: where to.
        files: each one's name, which may name folders too, and content.
        force: whether files that exist are replaced.
        can_force: whether the command at work has an option ``--force`` to advise.

    Returns:
        The paths written, in order.

    Raises:
        UsageError: one of the files exists already, or the folder cannot be made.
    """
    paths = [folder / name for name in files]
    present = [str(path) for path in paths if os.path.lexists(path)]
    if present and not force:
        advice = ", or replace with --force" if can_force else ""
        raise UsageError(
            f"{' and '.join(present)} exist{'s' if len(present) == 1 else ''} already; "
            f"nothing was written: name another folder{advice}."
        )
    for parent in dict.fromkeys([folder, *(path.parent for path in paths)]):
        try:
            parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"cannot make the folder {parent}: {reason}.") from error
    for path, data in zip(paths, files.values(), strict=True):
        write_file(path, data)
    return paths


def check_writable(path: Path) -> None:
    """Find out before a minute of work whether its result will have a place to go.

    Raises:
        UsageError: the file's folder does not exist, or the path is a folder.
    """
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}; make it first.")


def clear_parts(folder: Path) -> None:
    """Remove what is left where a process was killed while it wrote a file.

    Args:
        folder: in which nobody is writing now; it may not exist.
    """
    for path in folder.glob(f".*{_PART}"):
        with contextlib.suppress(OSError):
            path.unlink()


def _replace(target: Path, parts: Iterable[bytes]) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.", suffix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    current = os.umask(0o077)  # the only portable way to read it is to set it
    os.umask(current)
    return current
