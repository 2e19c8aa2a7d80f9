"""From an LMS's download to a graded course, step by step."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from adcheck.language import tr
from adcheck.lms import Roster, Unpacked, find, stage, unpack
from adcheck.lms.choosing import Prefer
from adcheck.model import Assignment, Feedback, Problem, Severity
from adcheck.report.escape import escape_line
from adcheck.report.lines import BatchProgress
from adcheck.sandbox.machine import quota

__all__ = ["Course", "Options"]


@dataclass(frozen=True)
class Options:
    """How a course is graded.

    Attributes:
        settings: what decides on results.
        feedback: how much students are told.
        draw_seed: whether to draw a seed at random, once for the folder, instead of the settings'.
        title: of the pages; by default those of the assignments.
        jobs: how many submissions at once; by default one for each core.
        fresh: whether to grade everybody again.
        retry: whether to grade again whom a limit or a fault of our own stopped.
        dask: address of a Dask cluster's scheduler; None for this machine.
    """

    settings: Settings
    feedback: Feedback
    draw_seed: bool = False
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
            On how many students' files adcheck failed, in this run or before.

        Raises:
            UsageError: path, layout, assignments or folder cannot be used.
        """
        store = Store(output)
        self._check_apart(output)
        known = _assignments(options.settings.assignments)
        settings = _with_seed(replace(options.settings, assignments=tuple(known)), store, options)
        title = options.title or " · ".join(assignment.title for assignment in known.values())
        with _cluster(options) as cluster, self._staged() as (staged, roster, ready):
            _tell(roster)
            jobs = [_job(staged / "files", one, settings) for one in ready.hand_ins if one.paths]
            keys = {job.student: key_of(job) for job in jobs}
            plan = Plan(settings, options.feedback, title, roster.hand_ins, keys)
            _compare(store, plan)
            with store.held():
                store.begin(plan)
                if options.fresh:
                    store.forget()
                executor = cluster or running.local_executor(staged / "work")
                _run(store, plan, jobs, executor, options)
                return _finish(store, plan)

    @contextlib.contextmanager
    def _staged(self) -> Iterator[tuple[Path, Roster, Roster]]:
        """Students' files in ``files``, room for ``work``; the roster as found, and as staged."""
        with self._folder() as (folder, problems):
            roster = self._found(folder, problems)
            # A process that is just being killed may still write there.
            with tempfile.TemporaryDirectory(
                prefix="adcheck-course-", ignore_cleanup_errors=True
            ) as place:
                for name in ("files", "work"):
                    Path(place, name).mkdir()
                yield Path(place), roster, stage(folder, roster, Path(place, "files"))

    @contextlib.contextmanager
    def _folder(self) -> Iterator[tuple[Path, Sequence[Problem]]]:
        if self._path.is_dir():
            yield self._path, ()
            return
        with tempfile.TemporaryDirectory(prefix="adcheck-unpacked-") as place:
            unpacked: Unpacked = unpack(self._path, Path(place))
            try:
                yield Path(place), unpacked.problems
            except UsageError as error:  # nobody knows the place by its name
                raise UsageError(str(error).replace(place, str(self._path))) from error

    def _found(self, folder: Path, problems: Sequence[Problem]) -> Roster:
        roster = find(folder, self._layout, prefer=self._prefer, refused=problems)
        hand_ins = tuple(map(self._late_or_not, roster.hand_ins))
        return replace(roster, hand_ins=hand_ins, notes=(*roster.notes, *_unsafe(problems)))

    def _late_or_not(self, hand_in: HandIn) -> HandIn:
        if not hand_in.late or self._late != "skip":
            return hand_in
        message = tr("It was handed in late, and is not graded.")
        told = Problem(Severity.WARNING, outputs.LATE_SKIPPED, message)
        return replace(hand_in, paths=(), problems=(*hand_in.problems, told))

    def _check_apart(self, output: Path) -> None:
        source = self._path.resolve()
        if source.is_dir() and output.resolve().is_relative_to(source):
            raise UsageError(
                f"{output} lies in {self._path}, and its pages would be taken for submissions: "
                "name a folder elsewhere."
            )


def _assignments(names: Sequence[str]) -> dict[str, Assignment]:
    """The assignments, each once, by what says the same in another process and another folder.

    Raises:
        UsageError: one cannot be loaded, or two are told apart by nothing.
    """
    known = {n if is_shipped(n) else str(Path(n).resolve()): load_assignment(n) for n in names}
    slugs = Counter(assignment.slug for assignment in known.values())
    for slug, count in slugs.items():
        if count > 1:
            same = " and ".join(name for name, one in known.items() if one.slug == slug)
            raise UsageError(f"{same} have the same slug {slug}: grade them into two folders.")
    return known


def _with_seed(settings: Settings, store: Store, options: Options) -> Settings:
    """A seed that was to be drawn stays the same in the runs that follow."""
    if not options.draw_seed:
        return settings
    before = None if options.fresh else store.previous()
    seed = secrets.randbelow(10**9) if before is None else before.settings.seed
    say(f"seed {seed}")
    return replace(settings, seed=seed)


def _compare(store: Store, plan: Plan) -> None:
    """Says what is another than in the run before.

    Raises:
        UsageError: everything is: it is another course's folder.
    """
    before = store.previous()
    if before is None:
        return
    was, now = (_names(p.settings.assignments) for p in (before, plan))
    if not was & now:
        raise UsageError(
            f"{store.folder} holds the grades of {_list(was)}, which those of {_list(now)} would "
            "replace: name another folder."
        )
    there = {hand_in.student.id for hand_in in plan.hand_ins}
    gone = [h.student.name for h in before.hand_ins if h.student.id not in there]
    if len(gone) == len(before.hand_ins):
        raise UsageError(
            f"{store.folder} holds the grades of {len(gone)} other students, and of none of these: "
            "name another folder."
        )
    if was != now:
        say(f"graded for {_list(now)}, and before for {_list(was)}")
    for name in gone:
        say(escape_line(f"no longer among the submissions, so not in the grade book: {name}"))


def _names(assignments: Sequence[str]) -> set[str]:
    """A folder may have been moved since."""
    return {Path(name).name for name in assignments}


def _list(names: Iterable[str]) -> str:
    return " and ".join(sorted(names))


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


def _run(
    store: Store,
    plan: Plan,
    jobs: Sequence[Job],
    executor: Callable[[int], Executor],
    options: Options,
) -> None:
    """Runs what has not been run, and keeps what comes."""
    keys, again = plan.keys, options.retry
    left = [job for job in jobs if not store.finished(keys[job.student], job.student, again)]
    if len(left) < len(jobs):
        say(f"{len(jobs) - len(left)} of {len(jobs)} were graded before")
    if not left:
        return
    sent = iter(left) if options.dask is None else map(_packed, left)
    width = options.jobs or _cores()
    try:
        with batch_progress(len(left)) as progress:
            for event in running.run(sent, executor, width):
                if isinstance(event, running.Started):
                    progress.started(event.job.student)
                else:
                    _keep(store, keys[event.job.student], event, progress)
    except KeyboardInterrupt:
        say("the same command goes on from here")
        raise


def _keep(store: Store, key: str, event: running.Done, progress: BatchProgress) -> None:
    student = event.job.student
    if event.result is None:
        store.keep_fault(key, student, event.fault)
        progress.failed(student, event.fault)
    else:
        store.keep(key, event.result)
        progress.done(student, event.result["report"])


def _finish(store: Store, plan: Plan) -> int:
    """Writes what people read, and says what needs a person."""
    for path in outputs.write(store, plan):
        say(f"wrote {escape_line(str(path))}")
    failed = outputs.faulty(store.entries(plan))
    for student in failed:
        say(f"adcheck failed on the submission of {escape_line(student.name)}: its points wait")
    if failed:
        say(
            "mark these by hand, or try again with --retry; see What needs a person in summary.html"
        )
    return len(failed)


def _cluster(
    options: Options,
) -> contextlib.AbstractContextManager[Callable[[int], Executor] | None]:
    if options.dask is None:
        return contextlib.nullcontext()
    from adcheck.batch.dask import executors_at

    return executors_at(options.dask, say)


def _packed(job: Job) -> Job:
    from adcheck.batch.dask import packed

    return packed(job)


def _cores() -> int:
    """How many processors this process may use, by its affinity and its container's quota."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    granted = quota()
    return max(1, min(there or 1, math.ceil(granted) if granted else 1000))
