"""How a new process becomes a worker: it takes its place, gives up what it must, and serves.

Part of the child side. A process comes here from the fork server or, where there is none, from an
interpreter of its own. Nothing of a student's has been read yet, so what is told here is true.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from adcheck.sandbox import limits, worker
from adcheck.sandbox.confine import Policy, Rule, confine, privileges, readable, system

__all__ = ["LIBRARIES", "Settings", "begin", "main"]

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


def main() -> None:
    """Becomes a worker in an interpreter of its own; the settings are the last argument."""
    settings = Settings(**json.loads(sys.argv.pop()))  # a program that reads arguments finds none
    import jax  # noqa: F401  # takes time and memory that are no part of what a program uses

    worker.main(begin(settings, rules_for(settings)))


def rules_for(settings: Settings) -> tuple[Rule, ...]:
    """What a worker may read; asks the file system once."""
    return _readable(tuple(settings.hidden)) if settings.confined else ()


_readable = functools.cache(readable)


def begin(
    settings: Settings, rules: tuple[Rule, ...] = (), parent: int | None = None
) -> dict[str, str]:
    """Makes this process a worker's, for good.

    Args:
        settings: what it is told.
        rules: from `rules_for`.
        parent: the process that it must not outlive; None if it may.

    Returns:
        Each layer of confinement with ``"on"``, ``"on (what)"`` or ``"off: why"``.
    """
    os.chdir(settings.folder)
    tempfile.tempdir = settings.folder
    if settings.confined:
        return confine(_policy(settings, rules, parent))
    if parent is not None:
        _die_with(parent)
    if settings.isolation == "none":
        return {"rlimits": "off: not asked for", "confinement": "off: not asked for"}
    asked = settings.isolation != "weak"
    why = f"this system is {sys.platform}, not linux" if asked else "not asked for"
    layers = limits.apply(settings.memory_bytes, open_files=limits.OPEN_FILES)
    return {**layers, "confinement": f"off: {why}"}


def _policy(settings: Settings, rules: tuple[Rule, ...], parent: int | None) -> Policy:
    return Policy(
        private=settings.folder,
        readable=rules,
        memory_bytes=settings.memory_bytes,
        parent=parent,
        tasks=limits.most_tasks(),
    )


def _die_with(parent: int) -> None:
    try:
        privileges.die_with(parent)
    except (system.LayerError, OSError):  # the fork server kills its workers when it ends, too
        return
