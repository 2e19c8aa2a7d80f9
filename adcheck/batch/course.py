"""From an LMS's download to a graded course, step by step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from adcheck.assignment import is_shipped, load_assignment
from adcheck.batch import outputs, running
from adcheck.batch.jobs import Job, Settings, key_of
from adcheck.batch.store import Plan, Store
from adcheck.console import batch_progress, say
from adcheck.course import HandIn
from adcheck.errors import UsageError
from adcheck.lms import Roster, Unpacked, find, stage, unpack
from adcheck.lms.choosing import Prefer
from adcheck.model import Feedback, Problem, Severity
from adcheck.report.escape import escape_line

__all__ = ["Course", "Options"]


@dataclass(frozen=True)
class Options:
    """How a course is graded.

    Attributes:
        settings: what decides on results.
        feedback: how much students are told.
        title: of the pages; by default those of the assignments.
        jobs: how many submissions at once; by default one for each core.
        fresh: whether to grade everybody again.
        retry: whether to grade again whom a limit or a fault of our own stopped.
        dask: address of a Dask cluster's scheduler; None for this machine.
    """

    settings: Settings
    feedback: Feedback
    title: str | None = None
    jobs: int | None = None
    fresh: bool = False
    retry: bool = False
    dask: str | None = None


class Course:
    """A download of submissions.

    Args:
        path: of the zip or folder.
        layout: see `adcheck.lms.find`.
        prefer: likewise.
        late: ``"latest"`` or ``"skip"``: whether late submissions are graded.
    """

    def __init__(self, path: Path, *, layout: str, prefer: Prefer, late: str) -> None:
        self._path, self._layout, self._prefer, self._late = path, layout, prefer, late

    @contextlib.contextmanager
    def roster(self) -> Iterator[Roster]:
        """Who handed in what; a zip is unpacked for as long as this is looked at."""
        with self._folder() as (folder, problems):
            yield self._found(folder, problems)

    def grade(self, output: Path, options: Options) -> int:
        """Grades the course into a folder.

        Returns:
            On how many students' files adcheck failed.

        Raises:
            UsageError: path, layout, assignments or folder cannot be used.
        """
        assignments = tuple(map(_name, options.settings.assignments))
        settings = replace(options.settings, assignments=assignments)
        titles = [load_assignment(name).title for name in settings.assignments]
        self._check_apart(output)
        with self._folder() as (folder, problems):
            roster = self._found(folder, problems)
            _tell(roster)
            store = Store(output)
            title = options.title or " · ".join(titles)
            plan = Plan(settings, options.feedback, title, roster.hand_ins)
            store.begin(plan)
            if options.fresh:
                store.forget()
            with tempfile.TemporaryDirectory(prefix="adcheck-course-") as staged:
                ready = stage(folder, roster, Path(staged))
                jobs = [_job(Path(staged), hand_in, settings) for hand_in in ready.hand_ins]
                faults = _run(store, [job for job in jobs if job.paths], options)
        for path in outputs.write(store, plan):
            say(f"wrote {escape_line(str(path))}")
        return faults

    @contextlib.contextmanager
    def _folder(self) -> Iterator[tuple[Path, Sequence[Problem]]]:
        if self._path.is_dir():
            yield self._path, ()
            return
        with tempfile.TemporaryDirectory(prefix="adcheck-unpacked-") as place:
            unpacked: Unpacked = unpack(self._path, Path(place))
            yield Path(place), unpacked.problems

    def _found(self, folder: Path, problems: Sequence[Problem]) -> Roster:
        roster = find(folder, self._layout, prefer=self._prefer, refused=problems)
        hand_ins = tuple(map(self._late_or_not, roster.hand_ins))
        return replace(roster, hand_ins=hand_ins, notes=(*roster.notes, *_unsafe(problems)))

    def _late_or_not(self, hand_in: HandIn) -> HandIn:
        if not hand_in.late or self._late != "skip":
            return hand_in
        told = Problem(Severity.WARNING, "late", "It was handed in late, and is not graded.")
        return replace(hand_in, paths=(), problems=(*hand_in.problems, told))

    def _check_apart(self, output: Path) -> None:
        source = self._path.resolve()
        if source.is_dir() and output.resolve().is_relative_to(source):
            raise UsageError(
                f"{output} lies in {self._path}, and its pages would be taken for submissions: "
                "name a folder elsewhere."
            )


def _name(assignment: str) -> str:
    """A slug as it is; a folder by its whole path, which says the same in another process."""
    return assignment if is_shipped(assignment) else str(Path(assignment).resolve())


def _unsafe(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.code == "unsafe-name"]


def _tell(roster: Roster) -> None:
    found = f"{len(roster.hand_ins)} students, layout {escape_line(roster.layout)}"
    say(found)
    for note in roster.notes:
        say(escape_line(f"{note.where}: {note.message}".removeprefix(": ")))
    for other in roster.others:
        say(escape_line(f"left out: {other.path} ({other.why})"))


def _job(staged: Path, hand_in: HandIn, settings: Settings) -> Job:
    own = staged / hand_in.student.id
    prefix = f"{hand_in.student.id}/"
    paths = tuple(path.removeprefix(prefix) for path in hand_in.paths)
    return Job(hand_in.student.id, str(own), paths, settings)


def _run(store: Store, jobs: Sequence[Job], options: Options) -> int:
    """Runs what has not been run, keeps what comes, and counts where adcheck failed."""
    keys = {job.student: key_of(job) for job in jobs}
    left = [
        job for job in jobs if not store.finished(keys[job.student], job.student, options.retry)
    ]
    if len(left) < len(jobs):
        say(f"{len(jobs) - len(left)} of {len(jobs)} were graded before")
    faults = 0
    width = options.jobs or _cores()
    executor, prepared = _executor(options, left)
    with batch_progress(len(left)) as progress:
        try:
            for event in running.run(prepared, executor, width):
                if isinstance(event, running.Started):
                    progress.started(event.job.student)
                    continue
                student = event.job.student
                if event.result is None:
                    faults += 1
                    store.keep_fault(keys[student], student, event.fault)
                    progress.failed(student, event.fault)
                else:
                    store.keep(keys[student], event.result)
                    progress.done(student, event.result["report"])
        except KeyboardInterrupt:
            running.end_processes()
            say("stopped; the same command goes on from here")
            raise
    return faults


def _executor(
    options: Options, jobs: Sequence[Job]
) -> tuple[Callable[[int], Executor], Iterator[Job]]:
    if options.dask is None:
        return running.local_executor, iter(jobs)
    from adcheck.batch.dask import executor_at, packed

    return executor_at(options.dask), map(packed, jobs)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
