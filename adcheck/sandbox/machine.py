"""What the machine leaves to a worker: memory and processor share under a container's limits."""

from __future__ import annotations

from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
WORKER_SHARE = 0.7
"""Of a container's memory limit; the grader, which holds the reference results, has the rest."""

UNLIMITED = 1 << 60


def memory_limit(wanted: int, cgroup: Path = CGROUP) -> int:
    """The memory that a worker may use, in bytes.

    Args:
        wanted: what the rubric grants.
        cgroup: where the control group's files are; version 2, or version 1 below ``memory/``.
    """
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        granted = _number(cgroup / name)
        if granted is not None and granted < UNLIMITED:
            return min(wanted, int(granted * WORKER_SHARE))
    return wanted


def processors(cgroup: Path = CGROUP) -> float:
    """How many processors the control group grants; 1.0 where nothing limits it."""
    return quota(cgroup) or 1.0


def quota(cgroup: Path = CGROUP) -> float | None:
    """How many processors the control group grants; None where nothing limits it."""
    quota: int | None
    period: int | None
    try:
        quota, period = map(int, (cgroup / "cpu.max").read_text().split())
    except (OSError, ValueError):  # no version 2, or no limit in it
        quota = _number(cgroup / "cpu/cpu.cfs_quota_us")
        period = _number(cgroup / "cpu/cpu.cfs_period_us")
    if quota is None or period is None or quota <= 0 or period <= 0:
        return None
    return quota / period


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
