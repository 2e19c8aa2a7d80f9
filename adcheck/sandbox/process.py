"""A worker as the grader holds it: a process with three pipes, and how one is started and ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import asdict
from typing import IO, Protocol

import psutil

from adcheck.sandbox.interpreter import command
from adcheck.sandbox.settings import Settings

__all__ = ["OwnProcess", "Process", "kill_family"]


class Process(Protocol):
    """A process that is, or becomes, a worker.

    Attributes:
        pid: its id; nobody else's until `end` has returned.
        requests: what the worker reads.
        replies: what it answers; hostile.
        output: what the program prints; hostile.
    """

    pid: int
    requests: IO[bytes]
    replies: IO[bytes]
    output: IO[bytes]

    def wait(self, seconds: float) -> int | None:
        """The exit code, or a signal's number, negative; None if it still runs after `seconds`.

        Raises:
            GraderError: that cannot be told, and no program is to blame.
        """

    def pause(self) -> None:
        """Stops it until `go_on`, where that is safe: what is not watched must not run."""

    def go_on(self) -> None:
        """Lets it run."""

    def kill(self) -> None:
        """Ends the process itself."""

    def end(self, alone: bool = False) -> None:
        """Ends it and the processes that it started, and waits until it is gone.

        Args:
            alone: whether it can have started none.
        """


class OwnProcess:
    """A worker in an interpreter of its own; see `Process`."""

    def __init__(self, settings: Settings, variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command("entry", json.dumps(asdict(settings))),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=settings.folder,
            env=variables,
            start_new_session=os.name == "posix",
        )
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        assert pipes[0] is not None and pipes[1] is not None and pipes[2] is not None  # noqa: PT018
        self.requests: IO[bytes] = pipes[0]
        self.replies: IO[bytes] = pipes[1]
        self.output: IO[bytes] = pipes[2]
        self.pid = self._process.pid

    def wait(self, seconds: float) -> int | None:
        """See `Process.wait`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def pause(self) -> None:
        """Does nothing: should the grader be killed, a stopped process would stay for ever."""

    def go_on(self) -> None:
        """Does nothing; see `pause`."""

    def kill(self) -> None:
        """See `Process.kill`."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self, alone: bool = False) -> None:
        """See `Process.end`."""
        if not alone:
            kill_family(self.pid)
        self.kill()
        self._process.wait()


def kill_family(pid: int) -> None:
    """Kills a process that leads a session, all in the session, and its descendants."""
    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        family = psutil.Process(pid).children(recursive=True)
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    for relative in family:
        with contextlib.suppress(psutil.Error):
            relative.kill()
