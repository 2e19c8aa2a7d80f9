"""What a process uses, asked fifty times a second: processor time, memory, threads.

On Linux that is one line of one file; elsewhere psutil knows. The process is a worker that has not
been waited for, so that its id is its own.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import psutil

__all__ = ["Usage", "usage"]


@dataclass(frozen=True)
class Usage:
    """What a process uses now.

    Attributes:
        cpu_seconds: that it has used so far, its own and the system's for it.
        resident_bytes: of memory.
        threads: that it has.
    """

    cpu_seconds: float = 0.0
    resident_bytes: int = 0
    threads: int = 0


def usage(pid: int) -> Usage:
    """What a process uses; nothing, if it has ended."""
    if _HAS_PROC:
        return _from_proc(pid)
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            resident = int(process.memory_info().rss)
            return Usage(times.user + times.system, resident, process.num_threads())
    return Usage()


_HAS_PROC = os.path.exists("/proc/self/stat")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 1
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 1


def _from_proc(pid: int) -> Usage:
    """See ``man 5 proc_pid_stat``: the fields are counted behind the name, which holds anything."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return Usage()
    user, system, threads, pages = (int(fields[place]) for place in (11, 12, 17, 21))
    return Usage((user + system) / _TICKS, pages * _PAGE, threads)
