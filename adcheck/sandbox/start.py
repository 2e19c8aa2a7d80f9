"""Where workers come from: this process's fork server or, where there is none, interpreters.

There is one fork server per process. It is started when the first worker is asked for, and anew
when it has died; several threads may ask.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading

from adcheck.errors import GraderError
from adcheck.sandbox.process import OwnProcess, Process
from adcheck.sandbox.server import DeadError, Forked, Server, UnavailableError
from adcheck.sandbox.settings import Settings

__all__ = ["prepare", "start", "stop"]


def start(settings: Settings, variables: dict[str, str]) -> tuple[Process, dict[str, str]]:
    """Starts a process that becomes a worker.

    Args:
        settings: for it.
        variables: its environment.

    Returns:
        The process, and what is to be told among the layers of how it came to be.

    Raises:
        GraderError: none could be started.
    """
    if sys.platform != "linux":  # macOS cannot be trusted with forking, Windows cannot fork
        return OwnProcess(settings, variables), {}
    try:
        return _forked(settings, variables), {}
    except UnavailableError as error:
        return OwnProcess(settings, variables), {"fork server": f"off: {error}"}


def prepare() -> None:
    """Lets the fork server start in the background: a worker will soon be asked for."""
    if sys.platform == "linux":
        with contextlib.suppress(UnavailableError):
            _here.current()


def stop() -> None:
    """Ends the fork server and its workers; who asks for another worker starts another one."""
    _here.forget(_here.server)


def _forked(settings: Settings, variables: dict[str, str]) -> Forked:
    why = ""
    for _ in range(2):
        server = _here.current()
        try:
            return server.fork(settings, variables)
        except DeadError as error:
            _here.forget(server)
            why = str(error)
        except UnavailableError as error:
            _here.forget(server, str(error))
            raise
    raise GraderError(f"adcheck could not start a worker process: its fork server died: {why}")


class _Here:
    """What this process has.

    Attributes:
        server: the one in use, if any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unavailable = ""
        self.server: Server | None = None

    def current(self) -> Server:
        """The one in use, or a new one.

        Raises:
            UnavailableError: there is none, and will be none.
        """
        with self._lock:
            if self._unavailable:
                raise UnavailableError(self._unavailable)
            if self.server is None:
                try:
                    self.server = Server()
                except OSError as error:
                    raise UnavailableError(str(error)) from error
            return self.server

    def forget(self, server: Server | None, unavailable: str = "") -> None:
        """Ends a server; there will be no other one if that is why."""
        with self._lock:
            if self.server is server:
                self.server, self._unavailable = None, unavailable
        if server is not None:
            server.close()


_here = _Here()


def _after_fork() -> None:
    """A copy of this process has no part in the server, which is its parent's."""
    global _here
    if _here.server is not None:
        _here.server.disown()
    _here = _Here()


atexit.register(stop)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork)
