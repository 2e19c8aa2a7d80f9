"""What a process is told that becomes a worker; the grader's side and the child's share it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LIBRARIES", "MOST_BYTES", "Settings"]

MOST_BYTES = 1 << 18
"""Of one packet between the grader and the fork server: more than the kernel takes."""

LIBRARIES = {"matplotlib": "matplotlib.pyplot", "pandas": "pandas"}
"""Packages that experiments import, and the modules that take most of that time: half a second
each. A fork server imports them once, for all workers whose programs name them."""


@dataclass(frozen=True)
class Settings:
    """What a new process is told before it reads a program; travels as JSON.

    Attributes:
        folder: of its own; it exists.
        isolation: ``"auto"`` or ``"strict"``: every layer that goes on; ``"weak"``: limits of its
            own; ``"none"``: nothing.
        memory_bytes: of private memory.
        hidden: files and folders that it must not read, among libraries.
        libraries: those of `LIBRARIES` that its program imports, which take long to import.
    """

    folder: str
    isolation: str
    memory_bytes: int
    hidden: Sequence[str] = ()
    libraries: Sequence[str] = ()

    @property
    def confined(self) -> bool:
        """Whether every layer is put on that goes on; elsewhere than on Linux none does."""
        return self.isolation in ("auto", "strict") and sys.platform == "linux"
