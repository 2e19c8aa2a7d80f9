"""Starting a worker, calling it under limits, and ending it: the grader's side of the sandbox.

The clocks and the verdict on a limit are here, never in the worker. Confinement of the process
itself has its place in `_spawn` (what the process is) and in `adcheck.sandbox.limits` (what it
gives up before it reads a program); each tells its layers, and `Worker.layers` passes them on.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from adcheck.errors import GraderError
from adcheck.model import (
    Call,
    Cause,
    Died,
    Limits,
    Parameter,
    Program,
    Raised,
    Reply,
)
from adcheck.sandbox import codec, machine, wire
from adcheck.sandbox.watch import Pump, Watch, memory_sentence

__all__ = ["Worker", "open_worker"]

POLL_SECONDS = 0.02
START_SECONDS = 120.0

QUICK_COMPILE = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)
"""XLA flags under which small programs compile in a fraction of the time; results stay exact
(1.2e-13 of the largest entry for a Hessian). A jaxlib that does not know one of them aborts at
its first operation, and is then started again without it."""

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH",
              "DYLD_LIBRARY_PATH", "XLA_FLAGS", "VIRTUAL_ENV")  # fmt: skip

_START = (
    "import sys; sys.path.insert(0, {root!r}); from adcheck.sandbox import worker; "
    "sys.path.remove({root!r}); worker.main()"
)

_flags = list(QUICK_COMPILE)  # without those that the installed jaxlib turned out not to know


def open_worker(program: Program, limits: Limits, *, x64: bool = True) -> Worker:
    """Starts a worker and has it load a program.

    Args:
        program: what it runs.
        limits: for loading it.
        x64: whether JAX computes in double precision there.

    Returns:
        The worker; `Worker.failure` says whether and why the program did not load.

    Raises:
        GraderError: no worker could be started at all.
    """
    return Worker(program, limits, x64)


class Worker:
    """A process that has loaded one program.

    Attributes:
        failure: why the program did not load (or not wholly); None if it did.
        layers: confinement layers, each ``"on"`` or why it is off.
        alive: whether it still answers.
    """

    def __init__(self, program: Program, limits: Limits, x64: bool) -> None:
        self._limits = limits
        self._memory_bytes = machine.memory_limit(limits.memory_bytes)
        self._request = codec.load_request(program, x64, self._memory_bytes)
        self.layers: Mapping[str, str] = {}
        self._start()

    def _start(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="adcheck-")
        self._process = _spawn(self._folder, tuple(_flags))
        self._pump = Pump(self._process, self._limits.reply_bytes)
        self._watched = psutil.Process(self._process.pid)
        self.alive = True
        self._closed = False
        self.failure = self._load(self._request, self._limits)
        if self._aborted_over_flags():
            self._start()

    def call(self, call: Call, limits: Limits) -> Reply:
        """Calls a function of the program and waits for what becomes of it."""
        header, arrays = codec.call_request(call)
        answer = self._ask(header, arrays, limits)
        if self._aborted_over_flags():
            self._start()
            if self.alive:
                return self.call(call, limits)
        if isinstance(answer, Died):
            return answer
        try:
            reply = codec.reply(*answer)
        except codec.MalformedReplyError:
            return self._end(Cause.CRASH, _FORGED)
        return _out_of_memory(reply) or reply if isinstance(reply, Raised) else reply

    def parameters(self, item: str, limits: Limits) -> tuple[Parameter, ...] | None:
        """The parameters of an item's function; None where they cannot be told."""
        answer = self._ask({"op": "describe", "item": item}, [], limits)
        if isinstance(answer, Died):
            return None
        try:
            return codec.parameters(answer[0])
        except (TypeError, ValueError):
            return None

    def defines(self, item: str, limits: Limits) -> bool:
        """Whether the program has come to define an item's function."""
        answer = self._ask({"op": "describe", "item": item}, [], limits)
        return not isinstance(answer, Died) and "raised" not in answer[0]

    @property
    def output(self) -> str:
        """The last of what the program printed; hostile text."""
        return self._pump.output.decode("utf-8", "replace")

    def _aborted_over_flags(self) -> bool:
        """Whether XLA ended the process over flags of ours; those are not used again."""
        if self.alive or not _flags:
            return False
        told = re.search(r"Unknown flags? in XLA_FLAGS:(.*)", self.output)
        if told is None:
            return False
        unknown = [flag for flag in _flags if flag in told[1].split()]
        for flag in unknown or list(_flags):
            _flags.remove(flag)
        return True

    def close(self) -> None:
        """Ends the process and removes its folder; once is enough."""
        self.alive = False
        if self._closed:
            return
        self._closed = True
        _kill(self._process)
        self._pump.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _load(self, header: dict[str, Any], limits: Limits) -> Raised | Died | None:
        self._await_start()
        answer = self._ask(header, [], limits)
        if isinstance(answer, Died):
            return answer
        layers = answer[0].get("layers")
        if isinstance(layers, dict):
            self.layers = {str(k): str(v)[:200] for k, v in layers.items()}
        try:
            return codec.raised(answer[0]["raised"]) if "raised" in answer[0] else None
        except codec.MalformedReplyError:
            return self._end(Cause.CRASH, _FORGED)

    def _await_start(self) -> None:
        """Waits until the interpreter runs our code; its start must not count for the student."""
        frame = self._pump.next(START_SECONDS)
        if not isinstance(frame, tuple) or frame[0].get("ready") is not True:
            text = self.output.strip().splitlines()
            self.close()
            raise GraderError(
                "adcheck could not start a worker process"
                + (f": {text[-1][:300]}" if text else "; is the machine out of memory?")
            )

    def _ask(
        self, header: dict[str, Any], arrays: list[codec.AnyArray], limits: Limits
    ) -> tuple[dict[str, Any], list[codec.AnyArray]] | Died:
        if not self.alive:
            raise GraderError("adcheck called a worker that had ended")
        watch = Watch(self._watched, limits, self._memory_bytes)
        stdin = self._process.stdin
        assert stdin is not None
        sender = threading.Thread(target=_send, args=(stdin, header, arrays), daemon=True)
        sender.start()  # a program that does not read must not block the grader
        while True:
            frame = self._pump.next(POLL_SECONDS)
            if isinstance(frame, tuple):
                return frame
            if frame is Pump.ENDED:
                return self._ended()
            died = watch.exceeded(self._pump.output_bytes)
            if died is not None:
                return self._end(died.cause, died.detail)

    def _ended(self) -> Died:
        """Why the process ended without an answer."""
        if isinstance(self._pump.broken, wire.TooLargeError):
            return self._end(Cause.OUTPUT, "Its result is too large to be sent.")
        if self._pump.broken is not None:
            return self._end(Cause.CRASH, _FORGED)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        code = self._process.poll()
        output = self.output
        if any(sign in output for sign in ("bad_alloc", "Out of memory", "MemoryError")) or (
            code == -getattr(signal, "SIGKILL", 9)
        ):
            return self._end(Cause.MEMORY, memory_sentence(self._memory_bytes))
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(-code).name
                return self._end(Cause.CRASH, f"Python crashed while it ran ({name}).")
        return self._end(Cause.CRASH, f"It ended the Python process (exit code {code}).")

    def _end(self, cause: Cause, detail: str) -> Died:
        self.close()
        return Died(cause, detail)


_FORGED = "The program wrote into the grader's pipe."


def _out_of_memory(reply: Raised) -> Died | None:
    """Running out of memory is a limit, whichever way the program learnt of it."""
    told = reply.type == "MemoryError" or reply.message.startswith("RESOURCE_EXHAUSTED")
    if not told:
        return None
    detail = "It asked for more memory than there is: did it form the full Hessian?"
    return Died(Cause.MEMORY, detail)


def _send(pipe: BinaryIO, header: dict[str, Any], arrays: list[codec.AnyArray]) -> None:
    with contextlib.suppress(OSError, ValueError):  # the process ended: the pump tells
        wire.write_frame(pipe, header, arrays)


def _spawn(folder: str, flags: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """The process itself: a fresh interpreter, few variables, a folder of its own."""
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _START.format(root=root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(folder, flags),
        start_new_session=os.name == "posix",
    )


def _environment(folder: str, flags: tuple[str, ...]) -> dict[str, str]:
    """Few variables: a CI's secrets are none of the student's business."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    xla = " ".join([*flags, kept.get("XLA_FLAGS", "")]).strip()
    return kept | {
        "XLA_FLAGS": xla,  # the user's come last: XLA lets the last one win
        "JAX_PLATFORMS": "cpu",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "HOME": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "IPYTHONDIR": folder,
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and those that it started, its session's and its descendants."""
    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        family = psutil.Process(process.pid).children(recursive=True)
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)  # it led a session of its own
    for relative in family:
        with contextlib.suppress(psutil.Error):
            relative.kill()
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def scaled(limits: Limits, cpu_seconds: float | None) -> Limits:
    """The same limits with another time, for ``--timeout``."""
    if cpu_seconds is None:
        return limits
    factor = limits.wall_seconds / limits.cpu_seconds
    return replace(limits, cpu_seconds=cpu_seconds, wall_seconds=cpu_seconds * factor)
