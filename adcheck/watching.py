"""Noticing that a homework was saved, by looking at it a few times a second.

Looking costs nothing for the few files of a homework, needs no package, and works where the system
tells nobody of a change: on network drives, in containers and in folders shared with a host.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from adcheck.reading.containers import SUFFIXES

__all__ = ["Watch"]

LOOK_SECONDS = 0.1
MOST = 300
"""Files and folders that are looked at: in a home folder there may be thousands."""

_IGNORED = ("__pycache__", "node_modules", "venv")
_DEPTH = 2  # of folders below the one that is graded: so far `adcheck.reading` goes down

Look: TypeAlias = "Mapping[str, tuple[int, int, int]]"
"""For each file what changes when it is saved: when it was, how long it is, which file it is."""


class Watch:
    """Waits for a homework, or a module beside it, to be saved.

    Editors that write a new file and put it in the old one's place are waited for, and so is a file
    that is still being written. What is saved between two waits ends the second one at once.
    """

    def __init__(
        self,
        path: Path,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Look at what is there now.

        Args:
            path: a file, or a folder or zip that holds one. It may be gone for a while.
            sleep: waits for so many seconds.
            clock: the time of day, in seconds since the epoch.
        """
        self._path, self._sleep, self._clock = path, sleep, clock
        self._seen = _look(path)

    def wait(self) -> float:
        """Wait for the next save, and say when it was, in seconds since the epoch."""
        while (now := _look(self._path)) == self._seen or not self._path.exists():
            self._sleep(LOOK_SECONDS)
        before: Look | None = None
        while now != before or not self._path.exists():
            self._sleep(LOOK_SECONDS / 2)
            before, now = now, _look(self._path)
        noticed, changed = self._clock(), _changed(self._seen, now)
        self._seen = now
        # a clock may be wrong, and a file that is put in another's place may be an old one
        return changed if noticed - 5 < changed <= noticed else noticed


def _changed(before: Look, after: Look) -> float:
    """When the last of the files that differ was saved."""
    times = [found[0] for name, found in after.items() if before.get(name) != found]
    return max(times, default=0) / 1e9


def _look(path: Path) -> Look:
    found = {}
    for name in _names(path):
        try:
            status = os.stat(name)
        except OSError:  # gone since, or a link to nothing
            continue
        if stat.S_ISREG(status.st_mode):
            found[name] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def _names(path: Path) -> Iterator[str]:
    """The files to look at: the homework, and the modules that it may import."""
    if not os.path.isdir(path):
        yield str(path)
        yield from (name for name in _within(path.parent, 1) if name.endswith(".py"))
        return
    yield from _within(path, _DEPTH)


def _within(folder: Path, depth: int) -> list[str]:
    found: list[str] = []
    for number, (place, folders, files) in enumerate(os.walk(folder), 1):
        below = len(Path(place).relative_to(folder).parts)
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _IGNORED]
        if below >= depth:
            folders.clear()
        found += [os.path.join(place, name) for name in files if name.endswith(SUFFIXES)]
        if number + len(found) >= MOST:
            break
    return found[:MOST]
