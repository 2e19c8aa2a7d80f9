"""The fork server: a process that has imported JAX, and forks a worker from itself when asked.

Part of the child side. One is started per grading process, by `adcheck.sandbox.server`, which
talks to it. It sees no program, no seed and no result: those go from the grader straight to the
workers. It never starts a JAX backend, because a process with several threads must not be forked.

Each packet is a JSON object, and each gets one in answer:

``{"op": "fork", "settings": …, "environment": …}``, with three descriptors (requests, replies,
output): ``{"pid": 7}``, or ``{"error": "why not"}``

``{"op": "status", "pid": 7, "reap": false}``: ``{"code": null}`` while it runs. Until it has been
reaped, an ended worker keeps its process id, so that a signal to it never hits anybody else.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from adcheck.sandbox import entry, worker
from adcheck.sandbox.settings import LIBRARIES, MOST_BYTES, Settings

__all__ = ["main"]

COLLECT_AFTER = (50_000, 20, 100)
"""New objects after which Python looks for garbage, instead of 700: tracing makes some 100,000
that live as long as their program does, and a tenth to a fifth of its time was spent on looking."""


def main() -> NoReturn:
    """Serves the grader at the other end of the descriptor in the last argument, until it ends."""
    channel = socket.socket(fileno=int(sys.argv.pop()))
    import jax.numpy
    import jax.random  # noqa: F401

    gc.collect()
    gc.set_threshold(*COLLECT_AFTER)
    gc.freeze()  # so that no worker's collector touches, and thereby copies, what is there now
    _Server(channel).serve()
    os._exit(0)  # the grader waits: Python's tidying up takes longer than all that it waited for


class _Server:
    """Forks workers, and knows those that have not been reaped."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._folders: dict[int, str] = {}
        self._absent: set[str] = set()

    def serve(self) -> None:
        """Answers until the grader is gone; then nothing of its workers remains either."""
        try:
            self._tell({"error": _why_not()})
            while packet := self._received():
                self._tell(self._answer(*packet))
        except ConnectionError:  # the grader ended before it was answered
            pass
        finally:
            self._end_workers()

    def _received(self) -> tuple[dict[str, Any], list[int]] | None:
        data, descriptors, _, _ = socket.recv_fds(self._channel, MOST_BYTES, 3)
        return (json.loads(data), descriptors) if data else None

    def _tell(self, answer: dict[str, Any]) -> None:
        self._channel.sendall(json.dumps(answer).encode())

    def _answer(self, request: dict[str, Any], descriptors: Sequence[int]) -> dict[str, Any]:
        if request["op"] == "status":
            return {"code": self._code(request["pid"], request["reap"])}
        try:
            return self._fork(request, descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _fork(self, request: dict[str, Any], descriptors: Sequence[int]) -> dict[str, Any]:
        settings = Settings(**request["settings"])
        self._import(settings.libraries)
        rules = entry.rules_for(settings)
        if error := _why_not():
            return {"error": error}
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as failure:
            return {"error": f"no process could be forked: {failure.strerror}"}
        if pid == 0:
            self._channel.close()
            _be_worker(
                descriptors, request["environment"], lambda: entry.begin(settings, rules, server)
            )
        self._folders[pid] = settings.folder
        return {"pid": pid}

    def _import(self, names: Sequence[str]) -> None:
        """Imports what the next workers need not import then, each once."""
        for name in names:
            module = LIBRARIES[name]
            if module in sys.modules or name in self._absent:
                continue
            if name == "pandas" and importlib.util.find_spec("pyarrow") is not None:
                self._absent.add(name)  # it imports that, which may start threads
                continue
            try:
                importlib.import_module(module)
            except Exception:  # whatever it is: the program's own import will tell
                self._absent.add(name)
            gc.collect()
            gc.freeze()

    def _code(self, pid: int, reap: bool) -> int | None:
        """A worker's exit code, or the number of the signal that ended it, negative."""
        options = os.WEXITED | os.WNOHANG | (0 if reap else os.WNOWAIT)
        ended = os.waitid(os.P_PID, pid, options) if pid in self._folders else None
        if ended is None:
            return None
        if reap:
            del self._folders[pid]
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def _end_workers(self) -> None:
        for pid in self._folders:
            for end in (os.killpg, os.kill):  # it leads its group from shortly after its start on
                with contextlib.suppress(OSError):
                    end(pid, signal.SIGKILL)
        for pid, folder in self._folders.items():
            os.waitpid(pid, 0)
            shutil.rmtree(folder, ignore_errors=True)


def _why_not() -> str:
    """Why this process must not be forked now; empty if it may."""
    threads = len(os.listdir("/proc/self/task"))
    return "" if threads == 1 else f"{threads} threads run once JAX is imported"


# --------------------------------------------------------------------------- in the new process


def _be_worker(
    descriptors: Sequence[int], environment: dict[str, str], begin: Callable[[], dict[str, str]]
) -> NoReturn:
    code = 1
    try:
        _take_place(descriptors, environment)
        worker.main(begin())
        code = 0
    except BaseException:
        traceback.print_exc()  # as any interpreter does; nothing of the server's may run after it
    finally:
        os._exit(code)


def _take_place(descriptors: Sequence[int], environment: dict[str, str]) -> None:
    """Gives the process what one with an interpreter of its own would have, and nothing else."""
    os.setsid()
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
    for name in os.listdir("/proc/self/fd"):  # not all that there might be: that can be 2**30
        if int(name) >= len(descriptors):
            with contextlib.suppress(OSError):
                os.close(int(name))
    os.environ.clear()
    os.environ.update(environment)
    np.random.seed()  # else all workers would draw the same; Python's generator sees to itself
