"""Measuring how sound an assignment's checks are: right answers must pass, wrong ones must fail.

What is judged, and how, is `tallying`'s; here the seeds are gone through, alone or in several
processes, and what is off is told.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TypeAlias

from adcheck.assignment import load_assignment
from adcheck.errors import GraderError
from adcheck.model import Assignment, Graded, ItemValidation, Tally, Validation
from adcheck.tallying import LEAST_MARGIN, WORST_RIGHT, tallied

__all__ = ["NEAR_SEEDS", "cores", "measure", "merge", "validate"]

NEAR_SEEDS = 10
"""Of so many seeds near misses are judged too: some descents that no constants explain take a
second each to be refused."""

Tell: TypeAlias = "Callable[[str], None]"


def validate(
    slug_or_path: str, seeds: Sequence[int], jobs: int = 1, progress: Tell | None = None
) -> Validation:
    """Judges every formulation, every known mistake and every near miss of an assignment.

    Args:
        slug_or_path: the assignment, as `load_assignment` takes it.
        seeds: of the runs, in order.
        jobs: how many processes share the seeds; the measurements do not depend on it.
        progress: told what is being worked on.

    Raises:
        AssignmentError: there is no such assignment, or something in its tasks raises.
    """
    start = time.monotonic()
    assignment = load_assignment(slug_or_path)
    near = _spread(seeds, NEAR_SEEDS)
    tell = progress or (lambda text: None)
    if min(jobs, len(seeds)) > 1:
        runs = _in_processes(slug_or_path, seeds, near, min(jobs, len(seeds)), tell)
    else:
        runs = _one_by_one(assignment, seeds, near, tell)
    return Validation(
        assignment.slug,
        assignment.title,
        merge(runs),
        tuple(seeds),
        near,
        WORST_RIGHT,
        LEAST_MARGIN,
        time.monotonic() - start,
    )


def measure(
    assignment: Assignment, seed: int, near_misses: bool = True, progress: Tell | None = None
) -> tuple[ItemValidation, ...]:
    """The measurements of one seed, as `merge` takes them.

    Args:
        assignment: its tasks say what is right and what is wrong.
        seed: of the run.
        near_misses: whether to judge these too.
        progress: told the id of each item when its turn comes.

    Raises:
        AssignmentError: something in the assignment's tasks raises.
    """
    tasks = assignment.load_tasks()
    measured = []
    for item in assignment.items:
        if item.graded is Graded.MANUAL:
            continue
        if progress is not None:
            progress(item.id)
        task = tasks[item.id]
        if not near_misses:
            task = replace(task, near_misses={})
        measured.append(tallied(item, task, seed))
    return tuple(measured)


def merge(runs: Sequence[Sequence[ItemValidation]]) -> tuple[ItemValidation, ...]:
    """The measurements of several seeds together, and what is off.

    Args:
        runs: of each seed what `measure` gives; in the seeds' order.
    """
    merged = []
    for one_item in zip(*runs, strict=True):
        item = ItemValidation(
            one_item[0].item,
            _together((tally for run in one_item for tally in run.right), max),
            _together((tally for run in one_item for tally in run.mistakes), min),
            _together((tally for run in one_item for tally in run.near_misses), min),
        )
        merged.append(replace(item, problems=tuple(_problems(item))))
    return tuple(merged)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


# --------------------------------------------------------------------------- seeds


def _spread(seeds: Sequence[int], count: int) -> tuple[int, ...]:
    """Up to so many of the seeds, evenly spread from the first to the last."""
    if len(seeds) <= count:
        return tuple(seeds)
    step = (len(seeds) - 1) / max(count - 1, 1)
    return tuple(seeds[round(place * step)] for place in range(count))


def _one_by_one(
    assignment: Assignment, seeds: Sequence[int], near: Sequence[int], tell: Tell
) -> list[tuple[ItemValidation, ...]]:
    runs = []
    for number, seed in enumerate(seeds, 1):
        which = f", seed {number} of {len(seeds)}" if len(seeds) > 1 else ""
        runs.append(measure(assignment, seed, seed in near, _appending(which, tell)))
    return runs


def _appending(text: str, tell: Tell) -> Tell:
    return lambda what: tell(what + text)


def _in_processes(
    slug_or_path: str, seeds: Sequence[int], near: Sequence[int], jobs: int, tell: Tell
) -> list[tuple[ItemValidation, ...]]:
    """The same, spread over processes: each imports JAX and compiles for itself."""
    spawned = multiprocessing.get_context("spawn")
    before = {process.pid for process in multiprocessing.active_children()}
    with ProcessPoolExecutor(jobs, spawned, _begin) as pool:
        tell(f"{len(seeds)} seeds")
        futures = [pool.submit(_run, slug_or_path, seed, seed in near) for seed in seeds]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                tell(f"{len(seeds)} seeds, {done} of them done")
        except BrokenProcessPool as error:
            raise GraderError(
                "a process ended before it had measured its seed, for want of memory perhaps: "
                "try fewer --jobs"
            ) from error
        except BaseException:
            _end(before)  # nobody waits for the minute that a seed may take
            raise
        return [future.result() for future in futures]


def _end(others: Container[int | None]) -> None:
    """Ends the processes of this one but for those that were there before."""
    for process in multiprocessing.active_children():
        if process.pid not in others:
            process.terminate()


def _begin() -> None:
    """An interrupt ends a process at once; the one that started it tells of it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run(slug_or_path: str, seed: int, near_misses: bool) -> tuple[ItemValidation, ...]:
    return measure(load_assignment(slug_or_path), seed, near_misses)


def _together(tallies: Iterable[Tally], worse: Callable[..., float]) -> tuple[Tally, ...]:
    """One tally for each name, in the order in which names come first."""
    named: dict[str, list[Tally]] = {}
    for tally in tallies:
        named.setdefault(tally.name, []).append(tally)
    return tuple(_sum(same, worse) for same in named.values())


def _sum(tallies: Sequence[Tally], worse: Callable[..., float]) -> Tally:
    """Tallies of one name, where a tally without a run says nothing of margins."""
    judged = [tally for tally in tallies if tally.runs]
    others: Counter[str] = Counter()
    first: dict[str, int] = {}
    for tally in tallies:
        others.update(tally.others)
        first = {**tally.first, **first}
    return Tally(
        tallies[0].name,
        tallies[0].variants,
        sum(tally.runs for tally in tallies),
        sum(tally.passed for tally in tallies),
        sum(tally.named for tally in tallies),
        dict(sorted(others.items())),
        first,
        worse((tally.margin for tally in judged), default=math.inf),
        min((tally.single for tally in judged), default=math.inf),
    )


# --------------------------------------------------------------------------- what is off


def _problems(item: ItemValidation) -> Iterator[str]:
    if not item.right:
        yield (
            f"{item.item.id}: no right formulation is listed, so that nothing shows whether a "
            "right answer passes"
        )
    for tally in item.right:
        yield from _about(item, "right answer", tally, _problems_of_right(tally))
    for tally in item.mistakes:
        problems = (*_problems_of_wrong(tally), *_problems_of_mistake(tally))
        yield from _about(item, "known mistake", tally, problems)
    for tally in item.near_misses:
        yield from _about(item, "near miss", tally, _problems_of_wrong(tally))


def _about(item: ItemValidation, kind: str, tally: Tally, problems: Iterable[str]) -> Iterator[str]:
    place = f"{item.item.id}: the {kind} '{tally.name}'"
    if not tally.runs:
        yield f"{place} was never judged: it says nothing of any case"
    yield from (f"{place} {problem}" for problem in problems)


def _problems_of_right(tally: Tally) -> Iterator[str]:
    if tally.lost:
        yield f"lost points {_times(tally, tally.lost, 'lost')}"
    elif tally.runs and tally.margin > WORST_RIGHT:
        yield (
            f"is off by {tally.margin:.2g} tolerances, and {WORST_RIGHT:g} are allowed "
            f"(first with seed {tally.first['margin']})"
        )


def _problems_of_mistake(tally: Tally) -> Iterator[str]:
    if not tally.passed and tally.runs and tally.margin < LEAST_MARGIN:
        yield (
            f"is off by only {tally.margin:.3g} tolerances on its best case, and "
            f"{LEAST_MARGIN:g} are needed (first with seed {tally.first['margin']})"
        )
    if tally.unnamed:
        yield f"was not named {_times(tally, tally.unnamed, 'unnamed')}"


def _problems_of_wrong(tally: Tally) -> Iterator[str]:
    if tally.passed:
        yield f"earned every point {_times(tally, tally.passed, 'passed')}"
    for other, count in tally.others.items():
        yield f"was named '{other}' {_times(tally, count, f'named {other}')}"


def _times(tally: Tally, count: int, kind: str) -> str:
    return f"in {count} of {tally.runs} runs (first with seed {tally.first[kind]})"
