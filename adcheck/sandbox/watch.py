"""Watching a worker: its clocks, its memory, and its pipes, read without ever blocking."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
import time
from typing import Any

import psutil

from adcheck.model import Cause, Died, Limits
from adcheck.sandbox import machine, wire

__all__ = ["Pump", "Watch", "memory_sentence"]

KEEP_OUTPUT_BYTES = 16 * 1024


def memory_sentence(limit: int) -> str:
    """What a student reads whose program used too much memory."""
    return f"It used more than {limit / 1024**3:.1f} GB of memory: did it form the full Hessian?"


class Watch:
    """The limits of one request, looked at while it runs."""

    def __init__(self, process: psutil.Process, limits: Limits, memory_bytes: int) -> None:
        self._process, self._limits = process, limits
        self._memory_bytes = memory_bytes
        share = min(machine.processors(), 1.0)
        self._wall = limits.wall_seconds / share
        self._start = time.monotonic()
        self._cpu_start = self._cpu()

    def exceeded(self, output_bytes: int) -> Died | None:
        """The first limit that is exceeded now."""
        limits = self._limits
        if self._cpu() - self._cpu_start > limits.cpu_seconds:
            return Died(Cause.TIME, f"It did not finish within {limits.cpu_seconds:g} seconds.")
        if time.monotonic() - self._start > self._wall:
            return Died(Cause.TIME, f"It did not finish within {self._wall:g} seconds.")
        if output_bytes > limits.output_bytes:
            size = limits.output_bytes / 1024**2
            return Died(Cause.OUTPUT, f"It printed more than {size:g} MB.")
        if self._resident() > self._memory_bytes:
            return Died(Cause.MEMORY, memory_sentence(self._memory_bytes))
        return None

    def _cpu(self) -> float:
        try:
            times = self._process.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _resident(self) -> int:
        try:
            return int(self._process.memory_info().rss)
        except psutil.Error:
            return 0


class Pump:
    """Reads the worker's pipes in threads of its own, so that neither ever blocks the other."""

    ENDED = object()

    def __init__(self, process: subprocess.Popen[bytes], max_bytes: int) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
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
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _read_frames(self, max_bytes: int) -> None:
        pipe = self._process.stdout
        try:
            while (frame := wire.read_frame(pipe, max_bytes)) is not None:  # type: ignore[arg-type]
                if self._frames.qsize() > 1:  # one request, one answer: these are not ours
                    raise wire.FrameError("nobody asked for these frames")
                self._frames.put(frame)
        except (wire.FrameError, OSError, ValueError, MemoryError) as error:
            self.broken = error
            with contextlib.suppress(OSError):
                self._process.kill()
        self._frames.put(self.ENDED)

    def _read_output(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(pipe.fileno(), 1 << 16):
                self.output_bytes += len(chunk)
                self.output = (self.output + chunk)[-KEEP_OUTPUT_BYTES:]
