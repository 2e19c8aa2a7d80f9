"""Starting a worker, calling it under limits, and ending it: the grader's side of the sandbox.

The clocks and the verdict on a limit are here, never in the worker. What confines the process
itself is its own first act (`adcheck.sandbox.entry`); it tells its layers before it has read
anything of a student's, and `Worker.layers` passes them on.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

import psutil

from adcheck.errors import GraderError
from adcheck.language import mark, tr
from adcheck.model import (
    Call,
    Cause,
    Died,
    Limits,
    Parameter,
    Program,
    Raised,
    Reply,
    Returned,
    Source,
)
from adcheck.sandbox import codec, machine, wire
from adcheck.sandbox.explain import ended, explained
from adcheck.sandbox.interpreter import environment
from adcheck.sandbox.isolation import Choice, is_on, require
from adcheck.sandbox.settings import LIBRARIES, Settings
from adcheck.sandbox.start import start
from adcheck.sandbox.watch import Pump, Watch

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

_flags = list(QUICK_COMPILE)  # without those that the installed jaxlib turned out not to know


def open_worker(
    program: Program,
    limits: Limits,
    *,
    x64: bool = True,
    isolation: Choice = "auto",
    hidden: Sequence[str] = (),
    interpret: bool = True,
    quick_compile: bool = True,
) -> Worker:
    """Starts a worker and has it load a program.

    Args:
        program: what it runs.
        limits: for loading it.
        x64: whether JAX computes in double precision there.
        isolation: how well it is to be confined; see `adcheck.sandbox.isolation.CHOICES`.
        hidden: files and folders that it must not read even if they lie among libraries.
        interpret: whether what is run a few times only is interpreted, see
            `adcheck.sandbox.evaluation`; else JAX compiles all of it.
        quick_compile: whether JAX compiles quickly there, instead of making quick programs; where
            what is compiled is timed, it must not.

    Returns:
        The worker; `Worker.failure` says whether and why the program did not load.

    Raises:
        GraderError: no worker could be started at all.
        UsageError: none can be confined strictly, and that was asked for.
    """
    return Worker(
        program,
        limits,
        x64,
        isolation,
        tuple(hidden),
        interpret=interpret,
        quick_compile=quick_compile,
    )


class Worker:
    """A process that has loaded one program.

    Attributes:
        failure: why the program did not load (or not wholly); None if it did.
        layers: confinement layers, each ``"on"`` or why it is off.
        alive: whether it still answers.
        started, loaded: how many seconds it took to start, and to load the program.
        cpu_seconds: of processor time that its calls have taken.
    """

    def __init__(
        self,
        program: Program,
        limits: Limits,
        x64: bool,
        choice: Choice,
        hidden: tuple[str, ...],
        trusted: bool = False,
        interpret: bool = True,
        quick_compile: bool = True,
    ) -> None:
        self._limits, self._choice, self._hidden = limits, choice, hidden
        self.cpu_seconds = 0.0
        self._trusted, self._quick_compile = trusted, quick_compile
        self._memory_bytes = machine.memory_limit(limits.memory_bytes)
        self._request = codec.load_request(program, x64, interpret)
        self._libraries = _libraries(program)
        self._start()

    def _start(self) -> None:
        self.alive, self._closed = True, False
        begun = time.monotonic()
        self.layers: Mapping[str, str] = {}
        self._used_flags = tuple(_flags) if self._quick_compile else ()
        self._folder = tempfile.mkdtemp(prefix="adcheck-")
        settings = Settings(
            self._folder, self._choice, self._memory_bytes, self._hidden, self._libraries
        )
        try:
            self._process, told = start(settings, environment(self._folder, self._used_flags))
        except BaseException:
            os.rmdir(self._folder)
            raise
        self._pump = Pump(self._process, self._limits.reply_bytes)
        self._watched = psutil.Process(self._process.pid)
        try:
            self.layers = {**told, **self._told_layers()}
            require(self._choice, self.layers)
            self.started = time.monotonic() - begun
            self.failure = self._load()
            self.loaded = time.monotonic() - begun - self.started
        except BaseException:
            self.close()
            raise
        if self._aborted_over_flags():
            self._start()

    def call(self, call: Call, limits: Limits) -> Reply:
        """Calls a function of the program and waits for what becomes of it."""
        header, arrays = codec.call_request(call)
        start = time.monotonic()
        answer = self._ask_without_unknown_flags(header, arrays, limits)
        elapsed = time.monotonic() - start
        if isinstance(answer, Died):
            return answer
        try:
            reply = codec.reply(*answer)
        except codec.MalformedReplyError:
            return self._end(Cause.CRASH, tr(_FORGED))
        if isinstance(reply, Raised):
            return explained(reply, self.layers)
        return replace(reply, elapsed=elapsed)

    def together(self, calls: Sequence[Call], limits: Limits) -> list[Returned] | None:
        """Makes calls of which many differ in their arrays alone, tracing those once.

        That is quick, and sees nothing of what a program keeps from one call to the next.

        Args:
            calls: that may be compiled.
            limits: of all of them together.

        Returns:
            The replies in order; None where they did not all return so, whatever the reason: then
            make each by itself.
        """
        told: dict[int, Returned] = {}
        for places, header, arrays in codec.together_requests(calls):
            answer = self._ask_without_unknown_flags(header, arrays, limits)
            if isinstance(answer, Died):
                return None
            try:
                replies = codec.replies(*answer, len(places))
            except codec.MalformedReplyError:
                self._end(Cause.CRASH, _FORGED)
                return None
            told.update(zip(places, replies, strict=False))
        return [told[place] for place in range(len(calls))] if len(told) == len(calls) else None

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

    def cost(self, call: Call, limits: Limits) -> float | None:
        """How many floating point operations a call of a function would take.

        The call is traced, neither compiled nor run. Tracing may leave traced values in the
        program's own variables: let this be the last thing that is asked of a worker.

        Returns:
            The number, as `adcheck.sandbox.cost` counts; None where it cannot be told: for code
            that cannot be traced, or not within the limits (these end the worker), or that loops
            until it has converged. Untrusted: a program may well lie.
        """
        header, arrays = codec.cost_request(call)
        answer = self._ask_without_unknown_flags(header, arrays, limits)
        return None if isinstance(answer, Died) else codec.operations(answer[0])

    @property
    def output(self) -> str:
        """The last of what the program printed; hostile text."""
        return self._pump.output.decode("utf-8", "replace")

    def close(self) -> None:
        """Ends the process and removes its folder; once is enough."""
        self.alive = False
        if self._closed:
            return
        self._closed = True
        self._process.end(self._alone)
        self._pump.close()
        with contextlib.suppress(RecursionError):  # folders in folders, where those are allowed
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _alone(self) -> bool:
        """Whether the worker can start no other processes."""
        return is_on(self.layers, "seccomp")

    def _told_layers(self) -> dict[str, str]:
        """Waits until the process is a worker; its start must not count for the student."""
        frame = self._pump.next(START_SECONDS)
        if isinstance(frame, tuple) and frame[0].get("ready") is True:
            layers: dict[str, str] = frame[0]["layers"]
            return layers
        self.close()
        text = self.output.strip().splitlines()
        raise GraderError(
            "adcheck could not start a worker process"
            + (f": {text[-1][:300]}" if text else "; is the machine out of memory?")
        )

    def _load(self) -> Raised | Died | None:
        answer = self._ask(self._request, [], self._limits)
        if isinstance(answer, Died):
            return answer
        if "raised" not in answer[0]:
            return None
        try:
            return explained(codec.raised(answer[0]["raised"]), self.layers)
        except codec.MalformedReplyError:
            return self._end(Cause.CRASH, tr(_FORGED))

    def _aborted_over_flags(self) -> bool:
        """Whether XLA ended the process over flags of ours; those are not used again.

        What a student's program printed proves nothing, and would decide for everybody: then a
        program of ours is asked, by the same flags.
        """
        told = None if self.alive else _UNKNOWN_FLAGS.search(self.output)
        if told is None or not self._used_flags:
            return False
        if not self._trusted:
            probe = Worker(
                _PROBE, self._limits, True, self._choice, self._hidden, True, interpret=False
            )
            probe.close()
            return self._used_flags != tuple(_flags)
        unknown = [flag for flag in self._used_flags if flag in told[1].split()]
        for flag in unknown or self._used_flags:
            with contextlib.suppress(ValueError):  # another thread's worker was there first
                _flags.remove(flag)
        return True

    def _ask(
        self, header: dict[str, Any], arrays: list[codec.AnyArray], limits: Limits
    ) -> tuple[dict[str, Any], list[codec.AnyArray]] | Died:
        if not self.alive:
            raise GraderError("adcheck called a worker that had ended")
        watch = Watch(self._watched, limits, self._memory_bytes, self._folder, self._alone)
        self._process.go_on()
        sender = threading.Thread(
            target=_send, args=(self._process.requests, header, arrays), daemon=True
        )
        sender.start()  # a program that does not read must not block the grader
        try:
            return self._waited(watch)
        finally:
            self.cpu_seconds += watch.cpu_seconds

    def _waited(self, watch: Watch) -> tuple[dict[str, Any], list[codec.AnyArray]] | Died:
        """The answer, or what ended the worker before it came."""
        while True:
            frame = self._pump.next(POLL_SECONDS)
            if frame is Pump.ENDED:
                return self._ended()
            if isinstance(frame, tuple):
                self._process.pause()  # what it goes on doing by itself, no limit would see
                watch.look()
                died = watch.stored()
                return self._end(died.cause, died.detail) if died is not None else frame
            died = watch.exceeded(self._pump.output_bytes)
            if died is not None:
                return self._end(died.cause, died.detail)

    def _ask_without_unknown_flags(
        self, header: dict[str, Any], arrays: list[codec.AnyArray], limits: Limits
    ) -> tuple[dict[str, Any], list[codec.AnyArray]] | Died:
        """Asks what makes JAX start; asks a new worker where it ended over flags of ours."""
        answer = self._ask(header, arrays, limits)
        if self._aborted_over_flags():
            self._start()
            if self.alive:
                return self._ask_without_unknown_flags(header, arrays, limits)
        return answer

    def _ended(self) -> Died:
        """Why the process ended without an answer."""
        if isinstance(self._pump.broken, wire.TooLargeError):
            return self._end(Cause.OUTPUT, tr("Its result is too large to be sent."))
        if self._pump.broken is not None:
            return self._end(Cause.CRASH, tr(_FORGED))
        try:
            code = self._process.wait(2.0)
        except GraderError:
            self.close()
            raise
        died = ended(code, self.output, self._memory_bytes)
        return self._end(died.cause, died.detail)

    def _end(self, cause: Cause, detail: str) -> Died:
        self.close()
        return Died(cause, detail)


def _libraries(program: Program) -> tuple[str, ...]:
    """The packages that take long to import and that a program imports, as far as lines tell."""
    texts = [s.text for s in (*program.sources, *(s.source for s in program.siblings))]
    return tuple(
        name
        for name in LIBRARIES
        if any(re.search(rf"^\s*(import|from)\s[^#\n]*\b{name}\b", text, re.M) for text in texts)
    )


_UNKNOWN_FLAGS = re.compile(r"Unknown flags? in XLA_FLAGS:(.*)")
_PROBE = Program((Source("probe", "import jax.numpy\n\njax.numpy.zeros(1) + 1\n"),), whole=True)
"""A program of ours that makes JAX start."""

_FORGED = mark("The program wrote into the grader's pipe.")


def _send(pipe: IO[bytes], header: dict[str, Any], arrays: list[codec.AnyArray]) -> None:
    with contextlib.suppress(OSError, ValueError):  # the process ended: the pump tells
        wire.write_frame(pipe, header, arrays)
