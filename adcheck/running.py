"""Running cases in workers, in one way after another until one passes.

A *way* is which program runs and how JAX runs it. Each way is a fair chance that a right answer
may need: traced as a whole and interpreted (quick), then compiled by XLA (should our interpreter
be wrong), eagerly in a fresh worker (code that cannot be traced, or that a leaked tracer has
spoilt), without double precision (code that cannot have it), with the whole file run (code that a
slice cannot do justice to). Only right numbers pass in any of them, so that another try never earns
what is not deserved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from adcheck.bench import Bench
from adcheck.language import tr, trn
from adcheck.model import (
    Array,
    Call,
    Case,
    Cause,
    Comparison,
    Died,
    Item,
    Kind,
    Outcome,
    Parameter,
    Program,
    Raised,
    Reply,
    Returned,
    Value,
)
from adcheck.survey import Programs

__all__ = ["MORE_FAILURES", "Runner"]

MORE_FAILURES = 3
"""After a case has failed in every way, so many more are run in the quick one, for the diagnosis:
a mistake that explains four results is one."""

COMPILED_SECONDS = 5.0
"""Processor seconds after which a compiled call gives way to the eager one. Most answers need less
than one; a Hessian made of 128 products in a Python loop takes minutes to compile as a whole."""


@dataclass(frozen=True)
class Way:
    """Which program runs, and how.

    Attributes:
        program: what runs.
        jit: whether a call is traced as a whole, where it may be.
        x64: whether in double precision.
        interpret: whether what runs rarely is interpreted, and not compiled.
    """

    program: Program
    jit: bool
    x64: bool = True
    interpret: bool = True


class Runner:
    """Runs the cases of one item.

    Attributes:
        whole: whether everything had to be run.
    """

    def __init__(self, bench: Bench, programs: Programs, item: Item) -> None:
        self._bench, self._item = bench, item
        self._until = bench.cpu_seconds + item.limits.item_cpu_seconds
        self._programs = programs
        self._program, self.failure = self._loadable()
        self._way: Way | None = None
        self._last: tuple[Sequence[Call], Way, list[Reply]] | None = None
        self._judged = self._raised = self._dtype_trouble = self._undefined = False
        self._single = programs.single
        self._apart = False
        self._unscripted: tuple[Program, Reply] | None = None
        self.whole = self._program.whole

    def parameters(self) -> tuple[Parameter, ...] | None:
        """The parameters of the student's function, as far as they can be told."""
        worker = self._bench.worker(self._program, True, self._bench.quick)
        return worker.parameters(self._item.id, self._item.limits) if worker.alive else None

    def run(self, cases: Sequence[Case]) -> Iterator[Outcome]:
        """Runs cases in order, and no more of a part than its verdict and a diagnosis need."""
        failed: dict[str, int] = {}
        timed_out = False
        for case in cases:
            requires = next((p.requires for p in self._item.parts if p.id == case.part), "")
            if timed_out or requires in failed or failed.get(case.part, 0) > MORE_FAILURES:
                continue
            outcome = self._diagnostic(case) if case.part in failed else self._fairly(case)
            if outcome is None:
                continue
            if not outcome.ok:
                judged = outcome.comparison is not None
                failed[case.part] = failed.get(case.part, 0) + (1 if judged else MORE_FAILURES + 1)
                timed_out = timed_out or _timed_out(outcome)
            yield outcome

    def again(self, case: Case) -> Outcome:
        """One more case, run in the quick way only: for what is told, not for points."""
        jit = any(call.jit for call in case.calls)
        return self._try(case, self._way or self._first(jit))

    def replies(self, calls: Sequence[Call], case: Case) -> list[Reply]:
        """The replies to further calls, made as those of a case are."""
        return self._made(calls, case, self._way or self._first(True))

    def alone(self, call: Call, case: Case) -> Reply:
        """The reply to one call of a case, made eagerly in a fresh worker."""
        self._bench.clear()
        self._last = None
        way = self._way or self._first(False)
        return self._made([call], case, replace(way, jit=False))[0]

    def together(self, calls: Sequence[Call]) -> Sequence[Returned] | None:
        """The replies to calls, of several cases perhaps, that differ in their numbers alone.

        None where that does not do, or where no case has passed yet: then they prove nothing.
        """
        if self._way is None or not self._quick(self._way):
            return None
        worker = self._bench.worker(self._way.program, self._way.x64)
        return worker.together(calls, self._item.limits) if worker.alive else None

    # ------------------------------------------------------------------- ways

    def _loadable(self) -> tuple[Program, Raised | Died | None]:
        """The leanest program that loads; if none does, why the leanest for this item does not."""
        own = self._programs.alone[self._item.id]
        candidates = [self._programs.together, own]
        if self._programs.together.sources == own.sources:
            candidates = [self._programs.together]
        for program in candidates:
            failure = self._bench.failure(program)
            if failure is None:
                return program, None
        assert failure is not None
        if self._bench.failure(self._programs.whole) is not None:
            # a cell that raised may not matter, as long as the function came to be
            worker = self._bench.worker(self._programs.whole, True, self._bench.quick)
            if not worker.alive or not worker.defines(self._item.id, self._item.limits):
                return own, failure
        return self._programs.whole, None

    def _fairly(self, case: Case) -> Outcome:
        """The first outcome that passes, in any way; or else the one that tells most."""
        start = time.monotonic()
        told: Outcome | None = None
        for way in self._ways(case):
            outcome = self._try(case, way)
            if outcome.ok:
                self._way = way
                self.whole = way.program.whole
                return replace(outcome, seconds=time.monotonic() - start)
            told = self._more_telling(told, outcome, way)
        assert told is not None
        if case.genuine is not None and isinstance(told.replies[-1], Raised):
            told = self._without_script(case.genuine, told)
        return replace(told, seconds=time.monotonic() - start)

    def _without_script(self, call: Call, raised: Outcome) -> Outcome:
        """A doubt, if a call really works that raised where clocks are scripted."""
        if self._unscripted is None:  # the cases of all parts ask for the same call
            self._bench.clear()
            program = replace(self._program, scripted=False, stand_ins=(), supplied={})
            way = Way(program, jit=False, interpret=self._bench.quick)
            # with the program, because the bench knows it by its identity
            self._unscripted = program, self._made([call], raised.case, way)[0]
        (_, reply), last = self._unscripted, raised.replies[-1]
        if not isinstance(reply, Returned) or not isinstance(last, Raised):
            return raised
        told = tr(
            "It works, but not with the clocks that adcheck gives it ({type}: {message}), so a "
            "person marks it.",
            type=last.type,
            message=last.message.strip().partition("\n")[0][:120],
        )
        return replace(raised, comparison=Comparison(Kind.DOUBT, told))

    def _ways(self, case: Case) -> Iterator[Way]:
        """The ways still worth trying; what a way showed decides on those after it."""
        jit = any(call.jit for call in case.calls)
        way = self._way or self._first(jit)
        first = replace(way, jit=way.jit and jit)
        yield first
        confirmed = not first.interpret
        if first.jit and self._judged and not confirmed:
            confirmed = True  # by XLA, that the numbers are what the program computes
            self._bench.clear()
            yield replace(first, interpret=False)
        eager = replace(way, jit=False)
        if first.jit or not self._judged:
            self._bench.clear()  # what the first try left behind must not spoil this one
            self._last = None
            yield eager
        if self._judged and not confirmed:
            confirmed = True
            self._bench.clear()
            yield replace(eager, interpret=False)
        if self._dtype_trouble:
            yield replace(eager, x64=False)
        if not way.program.whole and (self._programs.together.doubtful or self._undefined):
            yield Way(self._programs.whole, jit=False, interpret=self._bench.quick)
        if self._raised and not confirmed:  # over a tracer of ours, perhaps
            self._bench.clear()
            yield replace(eager, interpret=False)

    def _first(self, jit: bool) -> Way:
        """The way in which everything is tried first."""
        quick = self._bench.quick
        return Way(self._program, jit=jit and quick, interpret=quick)

    def _more_telling(self, told: Outcome | None, outcome: Outcome, way: Way) -> Outcome:
        """Keeps the eager outcome: a student runs their code eagerly too."""
        self._judged = outcome.comparison is not None
        self._dtype_trouble = _is_dtype_trouble(outcome)
        self._undefined = _is_undefined(outcome)
        explained = self._judged or self._dtype_trouble or self._undefined
        self._raised = not explained and isinstance(outcome.replies[-1], Raised)
        if told is None or (not way.jit and way.x64 and not way.program.whole):
            return outcome
        return told

    def _diagnostic(self, case: Case) -> Outcome | None:
        """One more failing case, run in the quick way only; None if it passes or tells nothing."""
        outcome = self.again(case)
        return outcome if outcome.comparison is not None and not outcome.ok else None

    def _try(self, case: Case, way: Way) -> Outcome:
        start = time.monotonic()
        replies, calls = self._made(case.calls, case, way), case.calls
        returned = [reply for reply in replies if isinstance(reply, Returned)]
        if case.more is not None and len(returned) == len(calls):
            more = case.more(returned)
            calls = (*calls, *more)
            replies += self._made(more, case, way)
            returned = [reply for reply in replies if isinstance(reply, Returned)]
        judging = time.monotonic()
        comparison = self._judged_fairly(case, returned) if returned else None
        self._bench.spent.add("compare", time.monotonic() - judging)
        if len(returned) < len(calls) and comparison is not None:
            if comparison.ok:
                comparison = None  # what was returned is right: what was not is the verdict
            else:
                replies = list(returned)
        return Outcome(case, tuple(replies), comparison, time.monotonic() - start)

    def _judged_fairly(self, case: Case, returned: Sequence[Returned]) -> Comparison:
        """The verdict; where the program names single precision, on the results rounded to it too.

        A value that was computed in float32 and then handed through NumPy looks like a double.
        """
        comparison = case.judge(returned)
        if comparison.kind is Kind.VALUE and self._single:
            rounded = case.judge([replace(r, value=_as_single(r.value)) for r in returned])
            return rounded if rounded.ok else comparison
        return comparison

    def _quick(self, way: Way) -> bool:
        """Whether calls may be made together: what is kept between calls showed in an earlier case.

        Also where the way itself has proved right, and the program can be traced so.
        """
        return way.jit and way.interpret and way == self._way and not self._apart

    def _made(self, calls: Sequence[Call], case: Case, way: Way) -> list[Reply]:
        """The replies to calls, up to the first that did not return.

        Cases of several parts may look at one and the same calls: these are made once.
        """
        if self._last is None or self._last[0] is not calls or self._last[1] != way:
            self._last = calls, way, self._asked(calls, case, way)
            self._note_time(self._last[2])
        return list(self._last[2])

    def _note_time(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            if isinstance(reply, Returned):
                self._bench.spent.add("trace", reply.traced)
                self._bench.spent.add("compile", reply.compiled)
                self._bench.spent.add("run", reply.seconds - reply.traced - reply.compiled)

    def _too_long(self) -> str:
        seconds = self._item.limits.item_cpu_seconds
        return trn(
            "Its calls together did not finish within {seconds} second.",
            "Its calls together did not finish within {seconds} seconds.",
            seconds,
            seconds=f"{seconds:g}",
        )

    def _asked(self, calls: Sequence[Call], case: Case, way: Way) -> list[Reply]:
        limits = case.limits or self._item.limits
        if way.jit:
            limits = replace(limits, cpu_seconds=min(limits.cpu_seconds, COMPILED_SECONDS))
        if self._quick(way) and all(call.jit for call in calls):
            worker = self._bench.worker(way.program, way.x64, way.interpret)
            together = worker.together(calls, limits) if worker.alive else None
            if together is not None:
                return list(together)
            self._apart = True
        replies: list[Reply] = []
        for call in calls:
            worker = self._bench.worker(way.program, way.x64, way.interpret)
            if self._bench.cpu_seconds > self._until:
                reply: Reply = Died(Cause.TIME, self._too_long())
            elif worker.alive:
                reply = worker.call(replace(call, jit=call.jit and way.jit), limits)
            else:  # it loaded before, and did not now
                assert worker.failure is not None
                reply = worker.failure
            replies.append(reply)
            if not isinstance(reply, Returned):
                break
        return replies


def _as_single(value: Value) -> Value:
    """The same value with its doubles rounded to single precision."""
    match value:
        case Array(data, "float64"):
            with np.errstate(over="ignore"):
                return Array(data.astype(np.float32), "float32")
        case tuple():
            return tuple(map(_as_single, value))
    return value


def _timed_out(outcome: Outcome) -> bool:
    last = outcome.replies[-1]
    return isinstance(last, Died) and last.cause is Cause.TIME


def _is_dtype_trouble(outcome: Outcome) -> bool:
    """Whether double precision itself may have raised: a float32 carry in a scan, say."""
    last = outcome.replies[-1]
    if not isinstance(last, Raised) or last.type not in ("TypeError", "ValueError"):
        return False
    return all(name in last.message for name in ("float32", "float64")) or (
        "f32" in last.message and "f64" in last.message
    )


def _is_undefined(outcome: Outcome) -> bool:
    """Whether a name was missing that the left-out statements might have bound."""
    last = outcome.replies[-1]
    return isinstance(last, Raised) and last.type in (
        "NameError",
        "AttributeError",
        "KeyError",
        "UnboundLocalError",
    )
