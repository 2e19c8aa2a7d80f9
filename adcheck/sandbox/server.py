"""A fork server as its grader holds it: asking it for workers, and the workers that it forked.

It ends with the grader, whichever way that ends, and its workers end with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import IO, Any

from adcheck.errors import GraderError
from adcheck.sandbox import process
from adcheck.sandbox.interpreter import command, environment
from adcheck.sandbox.settings import MOST_BYTES, Settings

__all__ = ["DeadError", "Forked", "Server", "UnavailableError"]

ANSWER_SECONDS = 120.0
"""After which a server that does not answer counts as dead: a machine may be very busy."""

END_SECONDS = 30.0
_NOWHERE = "/nonexistent"
"""The server's own home: it stores nothing."""

_CANNOT = "adcheck could not start a worker process"


class UnavailableError(Exception):
    """Raised when no fork server can be had here; its message is the reason."""


class DeadError(Exception):
    """Raised when the server that was asked has ended; its message is what it said last."""


class Server:
    """A fork server; several threads may ask it.

    Raises:
        OSError: no process could be started.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._greeted = False
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the server
        self._channel, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(ANSWER_SECONDS)
        with its_end:
            self._process = subprocess.Popen(
                command("forkserver", str(its_end.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                cwd="/",
                env={**environment(_NOWHERE), "MPLCONFIGDIR": _matplotlib_cache()},
                pass_fds=[its_end.fileno()],
                start_new_session=True,  # what is typed at the terminal is for the grader
            )

    @property
    def alive(self) -> bool:
        """Whether it runs: while it does, the ids of its workers are theirs."""
        return self._process.poll() is None

    def fork(self, settings: Settings, variables: dict[str, str]) -> Forked:
        """Forks a worker.

        Args:
            settings: for the new process.
            variables: its environment.

        Raises:
            UnavailableError: the server did not come so far as to fork anything.
            DeadError: it has ended since.
            GraderError: it cannot fork now.
        """
        request = {"op": "fork", "settings": asdict(settings), "environment": variables}
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            try:
                ends = [_pipe() for _ in range(3)]
            except OSError as error:
                raise GraderError(f"{_CANNOT}: {error.strerror}") from error
            (its_in, requests), (replies, its_out), (output, its_err) = ends
            for mine in (requests, replies, output):
                ours.enter_context(mine)
            for its in (its_in, its_out, its_err):
                theirs.enter_context(its)
            answer = self._ask(request, [its.fileno() for its in (its_in, its_out, its_err)])
            if "error" in answer:
                raise GraderError(f"{_CANNOT}: {answer['error']}")
            ours.pop_all()
        return Forked(self, answer["pid"], requests, replies, output)

    def code(self, pid: int, reap: bool) -> int | None:
        """How a worker ended; None while it runs."""
        code: int | None = self._ask({"op": "status", "pid": pid, "reap": reap})["code"]
        return code

    def close(self) -> None:
        """Ends it and its workers."""
        if not self._greeted:  # it would look up only once JAX is imported
            self._process.kill()
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # whoever waits for an answer gets none
        with self._lock:
            self._channel.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()

    def disown(self) -> None:
        """Lets go of it in a copy of the process that started it."""
        self._channel.close()
        self._complaints.close()
        self._process.returncode = 0  # it is no child of this process: none to wait for

    def _ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            try:
                if not self._greeted:
                    self._greet()
                socket.send_fds(self._channel, [json.dumps(request).encode()], descriptors)
                return self._answer()
            except OSError as error:
                raise DeadError(self._last_words()) from error

    def _greet(self) -> None:
        try:
            why_not = self._answer()["error"]
        except (OSError, DeadError) as error:
            raise UnavailableError(self._last_words()) from error
        if why_not:
            raise UnavailableError(why_not)
        self._greeted = True

    def _answer(self) -> dict[str, Any]:
        data = self._channel.recv(MOST_BYTES)
        if not data:
            raise DeadError(self._last_words())
        answer: dict[str, Any] = json.loads(data)
        return answer

    def _last_words(self) -> str:
        try:
            self._complaints.seek(0)
            text = self._complaints.read()[-1000:].decode("utf-8", "replace")
        except ValueError:  # another thread was here first, and has closed everything
            text = ""
        return (text.strip().splitlines() or ["it ended without a word"])[-1]


def _matplotlib_cache() -> str:
    """Where matplotlib remembers the system's fonts: finding them anew takes seconds.

    The server may write there, its workers may not.
    """
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.environ.get("MPLCONFIGDIR") or os.path.join(caches, "matplotlib")


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    """The two ends of a pipe: to read, to write."""
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


# --------------------------------------------------------------------------- a worker


class Forked:
    """A worker that a fork server forked; see `adcheck.sandbox.process.Process`."""

    def __init__(
        self, server: Server, pid: int, requests: IO[bytes], replies: IO[bytes], output: IO[bytes]
    ) -> None:
        self.pid, self.requests, self.replies, self.output = pid, requests, replies, output
        self._server = server
        self._lock = threading.Lock()
        self._reaped = False
        self._code: int | None = None

    def wait(self, seconds: float) -> int | None:
        """See `Process.wait`."""
        try:
            return self._ended(seconds, reap=False)
        except DeadError:
            raise GraderError("adcheck's fork server died, and this worker with it") from None

    def pause(self) -> None:
        """See `Process.pause`."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """See `Process.go_on`."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """See `Process.kill`."""
        self._signal(signal.SIGKILL)

    def end(self, alone: bool = False) -> None:
        """See `Process.end`."""
        if not alone and self._server.alive:
            process.kill_family(self.pid)
        self.kill()
        with contextlib.suppress(DeadError):  # then its workers died with it
            self._ended(END_SECONDS, reap=True)

    def _signal(self, number: signal.Signals) -> None:
        with self._lock, contextlib.suppress(OSError):
            if not self._reaped and self._server.alive:
                os.kill(self.pid, number)

    def _ended(self, seconds: float, reap: bool) -> int | None:
        for _ in _until(time.monotonic() + seconds):
            with self._lock:
                if not self._reaped:
                    self._code = self._server.code(self.pid, reap)
                    self._reaped = reap and self._code is not None
                if self._code is not None:
                    break
        return self._code


def _until(deadline: float) -> Iterator[None]:
    """Once at least, then at growing intervals."""
    interval = 0.0005
    yield
    while time.monotonic() < deadline:
        time.sleep(interval)
        interval = min(2 * interval, 0.02)
        yield
