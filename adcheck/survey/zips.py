"""What a zip that a student handed in holds of Python, as plain bytes."""

from __future__ import annotations

from pathlib import Path

from adcheck.errors import SubmissionNotFoundError
from adcheck.reading.containers import SUFFIXES, TooLargeError, Zip

__all__ = ["MOST_BYTES", "unzipped"]

MOST_BYTES = 40 * 1024**2
"""Of all files together: notebooks with all their figures have one or two."""

_MOST_FILES = 500
_LONGEST = 200  # bytes of one name along a path, which some system has to hold


def unzipped(path: str) -> dict[str, bytes]:
    """Takes the modules and notebooks out of a zip.

    Args:
        path: of the zip.

    Returns:
        The content of each by its path in the zip, which leads nowhere else: all that could be
        imported is among it. Empty if any of it cannot be read, or if there is too much.
    """
    try:
        archive = Zip(Path(path))
    except SubmissionNotFoundError:
        return {}
    try:
        return _files(archive)
    except (SubmissionNotFoundError, TooLargeError):
        return {}
    finally:
        archive.close()


def _files(archive: Zip) -> dict[str, bytes]:
    names = [name for name in archive.names() if name.lower().endswith(SUFFIXES)]
    if len(names) > _MOST_FILES or not all(map(_can_be_a_file, names)):
        return {}
    found: dict[str, bytes] = {}
    for name in names:
        found[name] = archive.read(name)
        if sum(map(len, found.values())) > MOST_BYTES:
            return {}
    return found


def _can_be_a_file(name: str) -> bool:
    try:
        return all(
            0 < len(part.encode()) <= _LONGEST and "\0" not in part for part in name.split("/")
        )
    except UnicodeEncodeError:
        return False
