"""Limits that the worker puts on itself before it reads a student's program.

Part of the child side. On systems without `resource` (Windows) the grader's watch alone remains.
"""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import resource

ADDRESS_SPACE_FACTOR = 2
"""JAX maps far more than it uses: it fails to start below 1.46 GB of address space while it
needs 0.29 GB of data, so the address space is bounded at twice the memory limit, and never
below `MIN_ADDRESS_SPACE`."""

MIN_ADDRESS_SPACE = 4 * 1024**3
FILE_BYTES = 16 * 1024**2
OPEN_FILES = 128
TASKS = 512
"""Threads; JAX needs 23 at the least on two processors, and more on more; see `most_tasks`."""

TASKS_PER_PROCESSOR = 16


def apply(
    memory_bytes: int | None, *, open_files: int | None = None, tasks: int | None = None
) -> dict[str, str]:
    """Bounds this process's memory and files, for good.

    Args:
        memory_bytes: of private memory; None for no limit.
        open_files: how many descriptors it may hold; None leaves that as it is.
        tasks: how many threads and processes its user may run; None leaves that as it is. Only a
            process in a user namespace has a user of its own there.

    Returns:
        Each layer with ``"on"``, or the reason why it is off.
    """
    if sys.platform == "win32":
        return {"rlimits": "off: this system has none"}
    wanted = {"RLIMIT_FSIZE": FILE_BYTES, "RLIMIT_CORE": 0}
    if memory_bytes is not None:
        wanted["RLIMIT_AS"] = max(ADDRESS_SPACE_FACTOR * memory_bytes, MIN_ADDRESS_SPACE)
        wanted["RLIMIT_DATA"] = memory_bytes
    if open_files is not None:
        wanted["RLIMIT_NOFILE"] = open_files
    if tasks is not None:
        wanted["RLIMIT_NPROC"] = tasks
    refused = []
    for name, limit in wanted.items():
        try:
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(number, (value, value))
        except (AttributeError, ValueError, OSError):
            refused.append(name)
    return {"rlimits": f"off: {', '.join(refused)} refused" if refused else "on"}


def most_tasks() -> int:
    """How many threads a worker may run on this machine."""
    return max(TASKS, TASKS_PER_PROCESSOR * (os.cpu_count() or 1))
