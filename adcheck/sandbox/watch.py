"""Watching a worker: its clocks, its memory, what it starts and stores, and its pipes.

The pipes are read without ever blocking.
"""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil

from adcheck.language import tr, trn
from adcheck.model import Cause, Died, Limits
from adcheck.sandbox import machine, wire
from adcheck.sandbox.explain import memory_sentence
from adcheck.sandbox.limits import most_tasks
from adcheck.sandbox.process import Process
from adcheck.sandbox.usage import usage

__all__ = ["Pump", "Watch"]

KEEP_OUTPUT_BYTES = 16 * 1024

FILES = 1000
FOLDER_BYTES = 64 * 1024**2
PROCESSES = 64
CENSUS_SECONDS = 0.25
"""Between two looks for processes that a program started, which take milliseconds."""


class Watch:
    """The limits of one request, looked at while it runs.

    Args:
        process: the worker.
        limits: of the request.
        memory_bytes: of the worker.
        folder: the worker's own.
        alone: whether it can start no other processes: none are looked for.

    Attributes:
        cpu_seconds: that the request has taken, when it was last looked at.
    """

    def __init__(
        self,
        process: psutil.Process,
        limits: Limits,
        memory_bytes: int,
        folder: str,
        alone: bool = False,
    ) -> None:
        self._process, self._limits = process, limits
        self._memory_bytes, self._folder, self._alone = memory_bytes, folder, alone
        self._wall = limits.wall_seconds / min(_processors(), 1.0)
        self._start = time.monotonic()
        self._cpu_start = usage(process.pid).cpu_seconds
        self.cpu_seconds = 0.0
        self._next_census = self._start

    def exceeded(self, output_bytes: int) -> Died | None:
        """The first limit that is exceeded now."""
        limits, used = self._limits, usage(self._process.pid)
        self.cpu_seconds = used.cpu_seconds - self._cpu_start
        if self.cpu_seconds > limits.cpu_seconds:
            return _late(limits.cpu_seconds)
        if time.monotonic() - self._start > self._wall:
            return _late(self._wall)
        if output_bytes > limits.output_bytes:
            size = f"{limits.output_bytes / 1024**2:g}"
            return Died(Cause.OUTPUT, tr("It printed more than {size} MB.", size=size))
        if used.resident_bytes > self._memory_bytes:
            return Died(Cause.MEMORY, memory_sentence(self._memory_bytes))
        if used.threads > most_tasks():
            return Died(Cause.MEMORY, _threads(most_tasks()))
        return self._crowded() or self.stored()

    def look(self) -> None:
        """Notes what the request has taken; nothing is said of limits."""
        self.cpu_seconds = max(usage(self._process.pid).cpu_seconds - self._cpu_start, 0.0)

    def stored(self) -> Died | None:
        """The limit that the files in its folder exceed, however fast they were written."""
        size = 0
        for number, entry in enumerate(_entries(self._folder), 1):
            with contextlib.suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_size
            if number > FILES:
                return Died(Cause.OUTPUT, _stored(FILES))
            if size > FOLDER_BYTES:
                most = f"{FOLDER_BYTES / 1024**2:g}"
                return Died(Cause.OUTPUT, tr("It stored more than {size} MB in files.", size=most))
        return None

    def _crowded(self) -> Died | None:
        with contextlib.suppress(psutil.Error):
            if not self._alone and time.monotonic() >= self._next_census:
                self._next_census = time.monotonic() + CENSUS_SECONDS
                if len(self._process.children(recursive=True)) > PROCESSES:
                    return Died(Cause.MEMORY, _processes(PROCESSES))
        return None


_processors = functools.cache(machine.processors)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Everything below a folder, as far as it can be seen; however deep."""
    folders = [folder]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)


class Pump:
    """Reads the worker's pipes in threads of its own, so that neither ever blocks the other."""

    ENDED = object()

    def __init__(self, process: Process, max_bytes: int) -> None:
        self._process = process
        self._frames: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.broken: Exception | None = None
        self.output = b""
        self.output_bytes = 0
        self._threads = [
            threading.Thread(target=self._read_frames, args=(max_bytes,), daemon=True),
            threading.Thread(target=self._read_output, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def next(self, timeout: float) -> Any:
        """The next frame, `ENDED`, or None after `timeout` seconds."""
        try:
            return self._frames.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Waits for the threads, which end with the process, and closes the pipes."""
        for thread in self._threads:
            thread.join(5.0)
        for pipe in (self._process.requests, self._process.replies, self._process.output):
            with contextlib.suppress(OSError):
                pipe.close()

    def _read_frames(self, max_bytes: int) -> None:
        try:
            while (frame := wire.read_frame(self._process.replies, max_bytes)) is not None:
                if self._frames.qsize() > 1:  # one request, one answer: these are not ours
                    raise wire.FrameError("nobody asked for these frames")
                self._frames.put(frame)
        except (wire.FrameError, OSError, ValueError, MemoryError) as error:
            self.broken = error
            self._process.kill()
        self._frames.put(self.ENDED)

    def _read_output(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._process.output.fileno(), 1 << 16):
                self.output_bytes += len(chunk)
                self.output = (self.output + chunk)[-KEEP_OUTPUT_BYTES:]


def _late(seconds: float) -> Died:
    told = trn(
        "It did not finish within {seconds} second.",
        "It did not finish within {seconds} seconds.",
        seconds,
        seconds=f"{seconds:g}",
    )
    return Died(Cause.TIME, told)


def _stored(count: int) -> str:
    return trn(
        "It stored more than {count} file.",
        "It stored more than {count} files.",
        count,
        count=count,
    )


def _threads(count: int) -> str:
    return trn(
        "It started more than {count} thread.",
        "It started more than {count} threads.",
        count,
        count=count,
    )


def _processes(count: int) -> str:
    return trn(
        "It started more than {count} process.",
        "It started more than {count} processes.",
        count,
        count=count,
    )
