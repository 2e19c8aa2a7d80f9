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

from adcheck.sandbox import limits, worker
from adcheck.sandbox.confine import Policy, Rule, confine, privileges, readable, system
from adcheck.sandbox.settings import Settings

__all__ = ["begin", "main", "rules_for"]


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
