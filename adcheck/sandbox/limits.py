"""Limits that the worker puts on itself before it reads a student's program.

Part of the child side. On systems without `resource` (Windows) the grader's watch alone remains.
"""

from __future__ import annotations

ADDRESS_SPACE_FACTOR = 2
"""JAX maps far more than it uses: it fails to start below 1.46 GB of address space while it
needs 0.29 GB of data, so the address space is bounded at twice the memory limit, and never
below `MIN_ADDRESS_SPACE`."""

MIN_ADDRESS_SPACE = 4 * 1024**3
FILE_BYTES = 16 * 1024**2


def apply(memory_bytes: int) -> dict[str, str]:
    """Bounds this process's memory and files, for good.

    Args:
        memory_bytes: of private memory.

    Returns:
        Each layer with ``"on"``, or the reason why it is off.
    """
    try:
        import resource
    except ImportError:
        return {"rlimits": "off: this system has none"}
    wanted = {
        "RLIMIT_AS": max(ADDRESS_SPACE_FACTOR * memory_bytes, MIN_ADDRESS_SPACE),
        "RLIMIT_DATA": memory_bytes,
        "RLIMIT_FSIZE": FILE_BYTES,
        "RLIMIT_CORE": 0,
    }
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
