"""The process that reads submissions, as the grader holds it; see `adcheck.survey.reader`.

Imports little: a command starts it before it imports what grading needs, so that both happen at
once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from adcheck.language import trn
from adcheck.sandbox import wire
from adcheck.sandbox.interpreter import environment
from adcheck.sandbox.machine import processors

__all__ = ["CPU_SECONDS", "FORKS", "MEMORY_BYTES", "ask", "prepare", "stop"]

FORKS = sys.platform != "win32"
"""Whether there can be such a process."""

CPU_SECONDS = 10
"""That reading may take; a long notebook takes 0.1."""

MEMORY_BYTES = 1024**3
"""That reading may take; a long notebook takes 0.05 GB."""

_WALL_SECONDS = 6.0 * CPU_SECONDS
_MOST_BYTES = 256 * 1024**2  # of an answer
_NO_FOLDER = "/nonexistent"
_START = (
    "import sys; sys.path.insert(0, {root!r}); from adcheck.survey import process; process.main()"
)


def prepare() -> None:
    """Starts the process, which takes a moment: something will soon be read."""
    if FORKS:
        _here.start()


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """What the process answers.

    Args:
        request: as `adcheck.survey.process` takes it.

    Returns:
        Its answer; ``"stopped"`` with the reason where it took too much, ``"fault"`` where it ended
        otherwise.
    """
    return _here.ask(request)


def stop() -> None:
    """Ends the process; who asks again starts another one."""
    _here.stop()


class _Process:
    """The process that reads, if it runs; several threads may ask, one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The process that runs, or a new one."""
        if self._process is not None and self._process.poll() is not None:
            self._forget()
        if self._process is None:
            root = str(Path(__file__).resolve().parents[2])
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START.format(root=root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(_NO_FOLDER),
                start_new_session=True,  # what is typed at the terminal is for the grader
            )
        return self._process

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        with self._lock:
            process = self.start()
            assert process.stdin is not None
            assert process.stdout is not None
            seconds = _WALL_SECONDS / min(processors(), 1.0)
            late = threading.Event()
            watch = threading.Timer(seconds, _end_late, (process, late))
            watch.start()
            try:
                wire.write_frame(process.stdin, request)
                frame = wire.read_frame(process.stdout, 0, _MOST_BYTES)
            except (wire.FrameError, OSError):
                frame = None
            finally:
                watch.cancel()
            if frame is not None:
                return frame[0]
            _kill(process)
            self._forget()
            if late.is_set():
                why = trn(
                    "that takes longer than {seconds} second",
                    "that takes longer than {seconds} seconds",
                    seconds,
                    seconds=f"{seconds:g}",
                )
                return {"stopped": why}
            return {"fault": "the process that reads submissions ended"}

    def stop(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._process is not None:
                _kill(self._process)
                self._forget()

    def _forget(self) -> None:
        assert self._process is not None
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()
        self._process = None

    def disown(self) -> None:
        """Lets go of it in a copy of the grader."""
        if self._process is not None:
            self._process.returncode = 0


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and the fork that reads for it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


_here = _Process()


def _after_fork() -> None:
    global _here
    _here.disown()
    _here = _Process()


atexit.register(stop)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork)
