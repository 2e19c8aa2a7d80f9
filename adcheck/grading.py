"""Grading one submission: what it defines, what of it runs, what each item earns, the report."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import adcheck
from adcheck.assignment import available, load_assignment
from adcheck.bench import Bench
from adcheck.errors import UsageError
from adcheck.language import tr
from adcheck.memory import Memory
from adcheck.model import (
    Assignment,
    AssignmentResult,
    Isolation,
    Limits,
    Problem,
    Program,
    Report,
    Severity,
)
from adcheck.sandbox import reading
from adcheck.sandbox.isolation import CHOICES, Choice, level, merged
from adcheck.sandbox.launch import scaled
from adcheck.sandbox.start import prepare
from adcheck.session import Session
from adcheck.survey import Survey, question, reader

__all__ = ["assignments_of", "grade", "program_of", "versions"]

LOAD_LIMITS = Limits()
"""For running a program's top level, before any function is called."""


def grade(
    path: str | Path,
    *,
    assignments: Sequence[str] | None = None,
    seed: int = 0,
    only: Sequence[str] = (),
    timeout: float | None = None,
    case: int | None = None,
    isolation: Choice = "auto",
    progress: Callable[[str], None] | None = None,
    memory: Memory | None = None,
    side_by_side: bool = True,
    quick: bool = True,
) -> Report:
    """Grades one submission.

    Args:
        path: a ``.py`` or ``.ipynb`` file, or a folder or zip that holds one.
        assignments: slugs or folders; by default those of which the submission defines a function.
        seed: of all random inputs; the same seed gives the same report.
        only: ids of the items to grade; the others are skipped.
        timeout: processor seconds that each call may take, instead of the rubric's.
        case: index of the one case of each item that is run; what it earns is no grade.
        isolation: how well the submission is confined while it runs: as well as this machine can
            (``"auto"``); ``"strict"``, or not at all; ``"weak"``: limits alone; ``"none"``.
        progress: told the id of each item when its turn comes.
        memory: of earlier runs on this path with these settings: items that nothing has changed
            for keep their results. It remembers this run too.
        side_by_side: whether several assignments are graded at the same time, each in a worker of
            its own.
        quick: see `adcheck.bench.Bench`.

    Returns:
        The report. What is wrong with the submission is told there and never raised.

    Raises:
        UsageError: the path, an assignment or an item cannot be used, or strict isolation was
            asked for and is not possible.
    """
    if isolation not in CHOICES:
        raise UsageError(f"isolation is one of {', '.join(CHOICES)}, and not {isolation!r}")
    start = time.monotonic()
    reading.prepare()
    known = _known(assignments)
    survey = reader.read(path, [question(assignment) for assignment in known])
    if any(found.programs.together.targets for found in survey.findings.values()):
        prepare()  # while the cases are drawn
    submission = survey.submission
    chosen, others, problems = _choose(survey, known, bool(assignments))
    _check_items(only, chosen)
    layers: dict[str, str] = {}
    hidden = [str(Path(name).resolve()) for name in assignments or () if Path(name).is_dir()]

    def open_bench() -> Bench:
        return Bench(scaled(LOAD_LIMITS, timeout), isolation, hidden, quick)

    if memory is not None:
        memory.again.clear()
    sessions = [
        Session(
            submission,
            survey.findings[assignment.slug],
            assignment,
            open_bench,
            seed,
            only,
            timeout,
            case,
            progress,
            memory,
        )
        for assignment in chosen
    ]
    results = _graded(sessions, side_by_side)
    for session in sessions:
        layers = merged(layers, session.layers)
    whole = any(session.whole for session in sessions)
    if memory is not None:  # of an earlier run, where nothing had to run again
        memory.layers = layers = layers or dict(memory.layers)
    return Report(
        path=str(path),
        sha256=submission.sha256,
        seed=seed,
        assignments=results,
        others=others,
        isolation=_isolation(layers),
        problems=(*submission.problems, *problems, *([_whole_run()] if whole else [])),
        versions=versions(),
        seconds=time.monotonic() - start,
        whole=whole,
    )


def assignments_of(
    path: str | Path, assignments: Sequence[str] | None = None
) -> tuple[Assignment, ...]:
    """The assignments that `grade` would grade, found out without running anything."""
    known = _known(assignments)
    survey = reader.read(path, [question(assignment) for assignment in known])
    return tuple(_choose(survey, known, bool(assignments))[0])


def program_of(path: str | Path, assignments: Sequence[str] | None = None) -> Program:
    """What of a submission would be run, for ``check --source``."""
    asked = [question(assignment) for assignment in _known(assignments)]
    given = next((one for one in asked if one.given_names), asked[0])
    wanted = {id_: names for one in asked for id_, names in one.wanted.items()}
    every = replace(given, wanted=wanted)
    return reader.read(path, [every]).findings[every.slug].programs.together


def _graded(sessions: Sequence[Session], side_by_side: bool) -> tuple[AssignmentResult, ...]:
    """What each session comes to, in their order."""
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


def _whole_run() -> Problem:
    message = tr(
        "What the graded functions need could not be told apart from the rest, so the whole file "
        "was run. Move experiments below the definitions, or into functions, to have it graded "
        "faster."
    )
    return Problem(Severity.NOTE, "whole-run", message)


# --------------------------------------------------------------------------- what is graded


def _known(assignments: Sequence[str] | None) -> list[Assignment]:
    """The assignments that were asked for, each once; all if none was."""
    if not assignments:
        return list(available())
    return list({a.slug: a for a in map(load_assignment, assignments)}.values())


def _choose(
    survey: Survey, known: Sequence[Assignment], asked: bool
) -> tuple[list[Assignment], tuple[str, ...], list[Problem]]:
    """The assignments to grade, the slugs of the others, and what to say if none was found."""
    if asked:
        return list(known), (), []
    chosen = [a for a in known if survey.findings[a.slug].anything]
    if chosen:
        slugs = {a.slug for a in chosen}
        return chosen, tuple(a.slug for a in known if a.slug not in slugs), []
    if any(problem.severity is Severity.ERROR for problem in survey.submission.problems):
        return list(known), (), []
    message = tr("It defines none of the functions that are asked for: is it the right file?")
    return list(known), (), [Problem(Severity.ERROR, "nothing-found", message)]


def _check_items(only: Sequence[str], chosen: Sequence[Assignment]) -> None:
    known = {item.id for assignment in chosen for item in assignment.items}
    for id_ in only:
        if id_ not in known:
            raise UsageError(f"no item {id_!r} is graded here: {', '.join(sorted(known))} are")


# --------------------------------------------------------------------------- the report


def _isolation(layers: Mapping[str, str]) -> Isolation:
    """How the workers were confined; none are opened for a submission of which nothing can run."""
    if not layers:
        return Isolation("weak", {"process": "off: nothing was run"})
    return Isolation(level(layers), {"process": "on", "time limits": "on", **layers})


def versions() -> dict[str, str]:
    """Of what decides on a report."""
    return {
        "adcheck": adcheck.__version__,
        "python": platform.python_version(),
        "jax": metadata.version("jax"),
        "numpy": metadata.version("numpy"),
    }
