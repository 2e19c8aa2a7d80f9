"""What one worker is confined to."""

from __future__ import annotations

from dataclasses import dataclass

from adcheck.sandbox import limits
from adcheck.sandbox.confine.landlock import Rule


@dataclass(frozen=True)
class Policy:
    """What one worker is confined to.

    Attributes:
        private: the only folder where it may store anything: plain files, not removed again;
            None for nowhere.
        readable: what it may read beyond; see `adcheck.sandbox.confine.paths.readable`.
        memory_bytes: of private memory; None for no limit.
        parent: the process that it must not outlive; None if it may.
        open_files: how many descriptors it may hold.
        tasks: how many threads it may run. Bounded only where the process has a user namespace,
            because elsewhere the kernel counts everything that the user runs; and never for root,
            whom it does not count at all.
    """

    private: str | None
    readable: tuple[Rule, ...]
    memory_bytes: int | None = None
    parent: int | None = None
    open_files: int = limits.OPEN_FILES
    tasks: int = limits.TASKS
