"""Where a probe runs, and what it is."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where a probe runs.

    Attributes:
        private: the worker's own folder.
        outside: a folder that everybody may read and write, with a file ``secret``.
        parent: the process that started the worker.
    """

    private: Path
    outside: Path
    parent: int

    def own(self) -> Path:
        """A file in the private folder."""
        path = self.private / "own"
        path.write_text("mine")
        return path

    @property
    def secret(self) -> Path:
        return self.outside / "secret"


Probe = Callable[[Place], object]
"""What a confined worker tries."""


def libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    library.mmap.restype = ctypes.c_void_p
    return library
