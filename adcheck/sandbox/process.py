"""A worker as the grader holds it: a process with three pipes, and how one is started and ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import site
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Protocol

import psutil

from adcheck.sandbox.entry import Settings

__all__ = ["OwnProcess", "Process", "command", "environment", "kill_family"]

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH",
              "DYLD_LIBRARY_PATH", "XLA_FLAGS", "VIRTUAL_ENV")  # fmt: skip

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""What keeps NumPy from starting threads as soon as it is imported, whichever library it has."""

_START = (
    "import sys; sys.path.insert(0, {root!r}); from adcheck.sandbox import {module}; "
    "sys.path.remove({root!r}); {module}.main()"
)


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


def command(module: str, argument: str) -> list[str]:
    """What starts an interpreter that runs the ``main`` of a module of the sandbox.

    It imports no more of adcheck than that, and finds nothing of it afterwards.
    """
    root = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-P", "-c", _START.format(root=root, module=module), argument]


def environment(folder: str, flags: tuple[str, ...] = ()) -> dict[str, str]:
    """Few variables: a CI's secrets are none of a student's business.

    Args:
        folder: where programs may store what they like.
        flags: for XLA; the user's own come last, because XLA lets the last one win.
    """
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if site.ENABLE_USER_SITE:  # what is installed for one user is found by way of their home
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return kept | {
        "XLA_FLAGS": " ".join([*flags, kept.get("XLA_FLAGS", "")]).strip(),
        "JAX_PLATFORMS": "cpu",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "HOME": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "IPYTHONDIR": folder,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **dict.fromkeys(_ONE_THREAD, "1"),
    }


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
