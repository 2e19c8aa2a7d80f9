"""Grading one submission: what it defines, what of it runs, what each item earns, the report."""

from __future__ import annotations

import functools
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import adcheck
from adcheck.assignment import available, load_assignment
from adcheck.errors import UsageError
from adcheck.language import tr
from adcheck.memory import Memory
from adcheck.model import (
    Assignment,
    Isolation,
    Limits,
    Problem,
    Program,
    Report,
    Severity,
)
from adcheck.sandbox import reading
from adcheck.sandbox.isolation import CHOICES, Choice, level, merged
from adcheck.survey import Survey, question, reader
from adcheck.unrun import without_running

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
    if any(found.anything for found in survey.findings.values()):
        from adcheck.sandbox.start import prepare

        prepare()  # while the rest of grading is imported, and the cases are drawn
    submission = survey.submission
    chosen, others, problems = _choose(survey, known, bool(assignments))
    _check_items(only, chosen)
    if memory is not None:
        memory.again.clear()
    results = {
        assignment.slug: without_running(assignment, submission, findings, only)
        for assignment in chosen
        if not (findings := survey.findings[assignment.slug]).anything
    }
    layers: dict[str, str] = {}
    whole = False
    running = [assignment for assignment in chosen if assignment.slug not in results]
    if running:
        from adcheck.bench import Bench  # and with it NumPy: it takes as long as all the rest
        from adcheck.session import Session, hold

        hidden = [str(Path(name).resolve()) for name in assignments or () if Path(name).is_dir()]
        sessions = [
            Session(
                submission,
                survey.findings[assignment.slug],
                assignment,
                lambda: Bench(LOAD_LIMITS.within(timeout), isolation, hidden, quick),
                seed,
                only,
                timeout,
                case,
                progress,
                memory,
            )
            for assignment in running
        ]
        results |= {result.slug: result for result in hold(sessions, side_by_side)}
        for session in sessions:
            layers = merged(layers, session.layers)
        whole = any(session.whole for session in sessions)
    if memory is not None:  # of an earlier run, where nothing had to run again
        memory.layers = layers = layers or dict(memory.layers)
    return Report(
        path=str(path),
        sha256=submission.sha256,
        seed=seed,
        assignments=tuple(results[assignment.slug] for assignment in chosen),
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
        "jax": _version("jax"),
        "numpy": _version("numpy"),
    }


_version = functools.cache(metadata.version)  # which reads a file of the package's
