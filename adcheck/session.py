"""Grading one assignment of a submission: its items in order, then what a wrong one spoilt."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import replace

from adcheck.bench import Bench
from adcheck.errors import GraderError, UsageError
from adcheck.language import tr
from adcheck.memory import Kept, Mark, Memory, mark_of
from adcheck.model import (
    Assignment,
    AssignmentResult,
    Case,
    Context,
    Item,
    ItemResult,
    Outcome,
    Status,
    Submission,
    Task,
)
from adcheck.running import Runner
from adcheck.sandbox.isolation import merged
from adcheck.survey import Findings, Programs
from adcheck.telling import Telling
from adcheck.unrun import unrun, with_evidence
from adcheck.verdict import item_result, unloaded_result

__all__ = ["Session", "hold"]


class Session:
    """Grades one assignment of one submission.

    Args:
        submission: as it was read.
        findings: what it defines of the assignment.
        assignment: to grade.
        open_bench: gives a bench for workers.
        seed: of all random inputs.
        only: ids of the items to grade; all, if empty.
        timeout: processor seconds of each call, instead of the rubric's.
        case: index of the one case of each item that is run.
        progress: told the id of each item when its turn comes.
        memory: of earlier runs, if any.

    Attributes:
        layers: of the workers' confinement.
        whole: whether everything had to be run.
    """

    def __init__(
        self,
        submission: Submission,
        findings: Findings,
        assignment: Assignment,
        open_bench: Callable[[], Bench],
        seed: int,
        only: Sequence[str],
        timeout: float | None,
        case: int | None,
        progress: Callable[[str], None] | None,
        memory: Memory | None,
    ) -> None:
        self._submission, self._assignment = submission, assignment
        self._findings, self._programs = findings, findings.programs
        self._seed, self._only, self._timeout, self._case = seed, only, timeout, case
        self._progress = progress or (lambda text: None)
        self._open = open_bench
        self._benches: list[Bench] = []
        self._abandoned = False
        self._drawn: dict[str, Future[None]] = {}
        self._bench = self._open_bench()
        self._bench_apart = self._open_bench()
        self._earlier: dict[str, tuple[Outcome, ...]] = {}
        self._memory = memory
        self._recalled: dict[str, Kept] = {}
        self.whole = False

    def _open_bench(self) -> Bench:
        bench = self._open()
        self._benches.append(bench)
        if self._abandoned:
            bench.abandon()
        return bench

    @property
    def layers(self) -> Mapping[str, str]:
        """See the class: of both workers, each with ``"on"`` or why it is off."""
        return merged(self._bench_apart.layers, self._bench.layers)

    def abandon(self) -> None:
        """Stops, wherever it is; may be called from another thread."""
        self._abandoned = True
        for bench in self._benches:
            bench.abandon()

    def grade(self) -> AssignmentResult:
        """Grades the items in the rubric's order, then again those a wrong one dragged down."""
        with ThreadPoolExecutor(1) as ahead:
            try:
                self._drawn = {
                    item.id: ahead.submit(self._draw, item) for item in self._assignment.items
                }
                first = [self._item(item) for item in self._assignment.items]
                items = [self._finished(result, first) for result in first]
            finally:
                self._bench.clear()
                self._bench_apart.clear()
                ahead.shutdown(wait=False, cancel_futures=True)
        self._remember(first, items)
        return AssignmentResult(self._assignment.slug, self._assignment.title, tuple(items))

    def _draw(self, item: Item) -> None:
        """Draws an item's cases while its worker starts: tasks keep what takes long to compute."""
        if self._is_graded(item):
            with contextlib.suppress(Exception):  # it will be told where the cases are needed
                self._assignment.load_tasks()[item.id].cases(Context(item, self._seed))

    def _is_graded(self, item: Item) -> bool:
        """Whether a function of the student's has to run for an item."""
        return self._unrun(item) is None and self._known(item) is None

    def _unrun(self, item: Item) -> ItemResult | None:
        return unrun(item, self._submission, self._findings, self._only)

    def _finished(self, result: ItemResult, results: Sequence[ItemResult]) -> ItemResult:
        """A result with what only those of the other items tell."""
        if result.item.id in self._recalled:
            return self._recalled[result.item.id].final
        if result.status is Status.MANUAL:
            return with_evidence(result, self._submission)
        return self._with_cost(self._followed_through(result, results))

    def _item(self, item: Item) -> ItemResult:
        without = self._unrun(item)
        if without is not None:
            return without
        known = self._known(item)
        if known is not None:
            self._recalled[item.id], self._earlier[item.id] = known, known.outcomes
            return known.first
        self._progress(item.id)
        bench, programs = self._bench, self._programs
        if item.apart:
            bench, programs = self._bench_apart, self._apart
        return self._safely(item, lambda: self._graded(item, bench, programs, ()))

    @functools.cached_property
    def _apart(self) -> Programs:
        """The programs for the items that are run apart, all in one worker."""
        tasks = self._assignment.load_tasks()
        apart = [item.id for item in self._assignment.items if item.apart and item.id in tasks]
        names = {item.id: item.function for item in self._assignment.items}
        scripted = {id_ for item in apart for id_ in tasks[item].scripted}
        return self._programs.scripted({id_: names[id_] for id_ in scripted})

    def _known(self, item: Item) -> Kept | None:
        """What came of an item in an earlier run, if nothing has changed for it."""
        if self._memory is None:
            return None
        return self._memory.recall(item.id, self._mark(item), self._findings.places.get(item.id))

    def _mark(self, item: Item) -> Mark:
        return mark_of(item, self._findings, self._assignment.load_tasks()[item.id].follows)

    def _remember(self, first: Sequence[ItemResult], items: Sequence[ItemResult]) -> None:
        """Keeps what was graded; nothing where all of the file had to run, as all may matter."""
        for result, final in zip(first, items, strict=True):
            item = result.item
            if self._memory is None or not final.name or item.id in self._recalled:
                continue
            kept = Kept(self._mark(item), result, final, self._earlier.get(item.id, ()))
            self._memory.keep(item.id, kept, for_good=not self.whole)

    def _safely(self, item: Item, graded: Callable[[], ItemResult]) -> ItemResult:
        """Turns a fault of our own into a result that costs the student nothing."""
        place = self._findings.places.get(item.id)
        try:
            return replace(graded(), place=place)
        except UsageError:
            raise
        except Exception as error:
            kind = type(error).__name__
            message = tr(
                "adcheck failed on this item ({error}). No points are lost by that.",
                error=f"{kind}: {error}",
            )
            return ItemResult(item, "", 0.0, Status.ERROR, message=message, place=place)

    def _followed_through(self, result: ItemResult, results: Sequence[ItemResult]) -> ItemResult:
        """Grades a lost item again if a wrong function on which it builds may be the reason.

        In a fresh worker, on draws used nowhere else; what the replaced functions earn there
        counts for nothing.
        """
        if result.points >= result.item.points or not result.name:
            return result
        item = result.item
        task = self._assignment.load_tasks()[item.id]
        lost = {r.item.id for r in results if r.name and r.points < r.item.points}
        replaced = tuple(sorted(set(task.follows) & lost))
        if not set(replaced).intersection(self._findings.holds[item.id]):
            return result
        self._progress(item.id)
        programs = self._programs.with_stand_ins(replaced)
        bench = self._open_bench()
        try:
            again = self._safely(item, lambda: self._graded(item, bench, programs, replaced))
        finally:
            bench.clear()
            self._bench.layers = merged(self._bench.layers, bench.layers)
        if again.status is Status.ERROR or again.points <= result.points:
            return result
        names = ", ".join(self._programs.together.targets[id_] for id_ in replaced)
        told = tr(
            "Graded with a right answer in place of your {names}, on which it builds.", names=names
        )
        return replace(again, message=f"{told} {again.message}".strip())

    def _with_cost(self, result: ItemResult) -> ItemResult:
        """Adds what a call costs, counted; told to the student, and never graded."""
        if result.status not in (Status.PASS, Status.PARTIAL) or not result.name:
            return result
        item = replace(result.item, limits=result.item.limits.within(self._timeout))
        task = self._assignment.load_tasks()[item.id]
        if task.cost is None or self._case is not None:
            return result
        context = Context(item, self._seed)
        try:
            worker = self._bench.worker(self._programs.together, True, self._bench.quick)
            counted = [
                worker.cost(call, item.limits) if worker.alive else None
                for call in task.cost.calls(context)
            ]
        except GraderError:  # for want of a remark no grade is lost
            return result
        costs = [
            operations / unit
            for operations, unit in zip(counted, task.cost.units(context), strict=True)
            if operations is not None
        ]
        if len(costs) < len(counted):
            return result
        return replace(result, evidence=(*result.evidence, task.cost.told(costs)))

    def _graded(
        self, item: Item, bench: Bench, programs: Programs, replaced: Sequence[str]
    ) -> ItemResult:
        start, before = time.monotonic(), dict(bench.spent.seconds)
        item = replace(item, limits=item.limits.within(self._timeout))
        task: Task = self._assignment.load_tasks()[item.id]
        target = programs.together.targets[item.id]
        runner = Runner(bench, programs, item)
        if runner.failure is not None:
            return unloaded_result(item, target, runner.failure, time.monotonic() - start)
        parameters = runner.parameters()
        context = Context(
            item=item,
            seed=_other_seed(self._seed) if replaced else self._seed,
            parameters=parameters,
            literals=self._findings.literals[item.id],
            earlier=self._earlier,
            replaced=frozenset(replaced),
            found=frozenset(programs.together.targets),
        )
        why = task.unfit(context) if task.unfit is not None else ""
        if why:
            return ItemResult(item, target, 0.0, Status.MANUAL, message=why)
        preparing = time.monotonic()
        wait([self._drawn[item.id]])
        cases = self._chosen(task.cases(context), item)
        bench.spent.add("prepare", time.monotonic() - preparing)
        outcomes = tuple(runner.run(cases))
        if not replaced:
            self._earlier[item.id] = outcomes
        self.whole = self.whole or runner.whole
        more = Telling(runner, task, context)
        seconds = time.monotonic() - start
        result = item_result(item, target, task, outcomes, parameters, seconds, more)
        return replace(result, timings=bench.spent.since(before))

    def _chosen(self, cases: Sequence[Case], item: Item) -> Sequence[Case]:
        """All cases, or the one that is replayed."""
        chosen = [case for case in cases if self._case is None or case.index == self._case]
        if not chosen:
            known = ", ".join(str(case.index) for case in cases)
            raise UsageError(f"{item.id} has no case {self._case}: its cases are {known}")
        return chosen


def hold(sessions: Sequence[Session], side_by_side: bool) -> tuple[AssignmentResult, ...]:
    """What each session comes to, in their order.

    Args:
        sessions: to hold.
        side_by_side: all at the same time.
    """
    if len(sessions) < 2 or not side_by_side:
        return tuple(session.grade() for session in sessions)
    contexts = [copy_context() for _ in sessions]  # in which the language is
    with ThreadPoolExecutor(len(sessions)) as threads:
        try:
            return tuple(threads.map(lambda own, one: own.run(one.grade), contexts, sessions))
        except BaseException:  # Ctrl-C, say: the others must not go on for minutes
            for session in sessions:
                session.abandon()
            raise


def _other_seed(seed: int) -> int:
    """For draws that are used nowhere else: what a stand-in tells of them helps no other item."""
    return seed + 2**64
