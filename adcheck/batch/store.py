"""The folder of a graded course: what is kept between runs, and who may write there."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adcheck.batch.jobs import Result, Settings, unreported
from adcheck.course import Entry, HandIn, Mark
from adcheck.errors import UsageError
from adcheck.files import clear_parts, write_file
from adcheck.language import tr
from adcheck.marking import Marking, read_marks
from adcheck.model import Feedback, Item, ItemResult, Problem, Severity, Status
from adcheck.records import plain, restored

if sys.platform != "win32":
    import fcntl

__all__ = ["NOT_GRADED_YET", "PAGES", "Plan", "Store"]

PAGES = ("gradebook.csv", "summary.html", "review.html", "reports")
"""What people read in a course folder."""

NOT_GRADED_YET = "not-graded-yet"
"""The code of the problem that a run was stopped before somebody's turn came."""

_VERSION = 2
_KEPT = ".adcheck"


@dataclass(frozen=True)
class Plan:
    """What a course folder holds the results of.

    Attributes:
        settings: of the runs.
        feedback: how much the students' pages tell.
        title: of the course's pages.
        hand_ins: one for each student.
        keys: by student id, of the job that is to be done (see `adcheck.batch.jobs.key_of`); only
            a result with that key counts. None for who handed in nothing that can be graded.
        version: of this record.
    """

    settings: Settings
    feedback: Feedback
    title: str
    hand_ins: tuple[HandIn, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    version: int = _VERSION


class Store:
    """A course folder.

    Args:
        folder: it exists, or is made when something is kept there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept = folder / _KEPT
        self._results = self._kept / "results"
        self._items: dict[str, Item] = {}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder if need be, and keeps other runs out of it for as long as this one.

        Raises:
            UsageError: it cannot be made, another run is at work in it, or something lies there
                that adcheck did not write.
        """
        self._check_ours()
        try:
            self._results.mkdir(parents=True, exist_ok=True)
            (self.folder / "reports").mkdir(exist_ok=True)
            lock = (self._kept / "lock").open("ab")
        except OSError as error:
            why = error.strerror or error
            raise UsageError(f"cannot use the folder {self.folder}: {why}.") from error
        with lock:
            self._take(lock.fileno())
            for place in (self.folder, self.folder / "reports", self._kept, self._results):
                clear_parts(place)
            yield

    def _check_ours(self) -> None:
        if self._kept.is_dir():
            return
        foreign = [name for name in PAGES if (self.folder / name).exists()]
        if foreign:
            raise UsageError(
                f"{self.folder} holds {' and '.join(foreign)}, not written by adcheck batch, which "
                "would replace that: name another folder."
            )

    def _take(self, lock: int) -> None:
        """The lock goes when this process does, whichever way that ends."""
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another adcheck batch is at work in {self.folder}: wait until it has ended."
            ) from None
        except OSError:  # not every file system has locks
            return

    # ------------------------------------------------------------------- what was planned

    def begin(self, plan: Plan) -> None:
        """Keeps a plan; results that are there stay."""
        _write(self._kept / "plan.json", plain(plan))

    def plan(self) -> Plan:
        """What was planned.

        Raises:
            UsageError: this is no course folder.
        """
        path = self._kept / "plan.json"
        try:
            return restored(Plan, json.loads(path.read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                f"{self.folder} holds no graded course: adcheck batch makes one with -o."
            ) from None
        except Exception as error:
            raise UsageError(f"{path} cannot be read: grade the course again.") from error

    def previous(self) -> Plan | None:
        """What the run before this one planned; None if there was none that can be read."""
        try:
            return self.plan()
        except UsageError:
            return None

    # ------------------------------------------------------------------- results

    def keep(self, key: str, result: Mapping[str, Any]) -> None:
        """Keeps a result, whole or not at all.

        Args:
            key: see `adcheck.batch.jobs.key_of`.
            result: a `Result` as plain data.
        """
        _write(self._result_path(str(result["student"])), {"key": key, **result})

    def keep_fault(self, key: str, student: str, fault: str) -> None:
        """Keeps that adcheck failed on a student's files: their points wait."""
        _write(self._result_path(student), {"key": key, "student": student, "fault": fault})

    def finished(self, key: str, student: str, retry: bool) -> bool:
        """Whether a result is there that a new run would only repeat.

        Args:
            key: of the job.
            student: whose.
            retry: whether time limits and faults of adcheck's own are worth another try.
        """
        result = self.result(key, student)
        if not retry or result is None:
            return result is not None
        return isinstance(result, Result) and not any(
            {item.status, *(part.status for part in item.parts)} & {Status.LIMIT, Status.ERROR}
            for item in result.report.items
        )

    def forget(self) -> None:
        """Drops all results; marks by hand stay."""
        for path in self._results.glob("*.json"):
            path.unlink()

    def result(self, key: str, student: str) -> Result | str | None:
        """What came of a job; what failed, if adcheck did; None if it is still to be done."""
        try:
            kept = json.loads(self._result_path(student).read_text("utf-8"))
            if (kept.pop("key"), kept["student"]) != (key, student):
                return None
            return str(kept["fault"]) if "fault" in kept else self._restored(kept)
        except Exception:  # not there, half of it, or of another adcheck: grade again
            return None

    def _restored(self, kept: Mapping[str, Any]) -> Result:
        """The result, with those rows of the rubric in common that others have, too.

        They are three quarters of a result, and a course would hold them once for each student.
        """
        result = restored(Result, kept)
        assignments = tuple(
            replace(assignment, items=tuple(map(self._shared, assignment.items)))
            for assignment in result.report.assignments
        )
        return replace(result, report=replace(result.report, assignments=assignments))

    def _shared(self, result: ItemResult) -> ItemResult:
        known = self._items.setdefault(result.item.id, result.item)
        return replace(result, item=known) if result.item == known else result

    def _result_path(self, student: str) -> Path:
        return self._results / f"{student}.json"

    # ------------------------------------------------------------------- pages

    def pages(self) -> set[str]:
        """Names of all files in ``reports`` that adcheck may have written."""
        try:
            return set(json.loads((self._kept / "pages.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return set()

    def keep_pages(self, names: Iterable[str]) -> None:
        """Keeps which files in ``reports`` adcheck writes."""
        _write(self._kept / "pages.json", sorted(names))

    # ------------------------------------------------------------------- marks

    def entries(self, plan: Plan) -> list[Entry]:
        """One for each student, with the marks by hand."""
        marks = self._marks()
        return [
            self._entry(plan, hand_in, marks.get(hand_in.student.id, {}))
            for hand_in in plan.hand_ins
        ]

    def merge(self, plan: Plan, table: str) -> Marking:
        """Takes a table of marks into the folder: all of it, or nothing.

        Args:
            plan: of the folder.
            table: CSV with the columns of `adcheck.marking.COLUMNS`. A mark that is there already
                for the same student and item is replaced.

        Returns:
            The marks that were taken, or everything that is wrong with the table.
        """
        marking = read_marks(table, self.entries(plan))
        if marking.problems:
            return marking
        merged = self._marks()
        for student, marks in marking.marks.items():
            merged.setdefault(student, {}).update(marks)
        _write(self._kept / "marks.json", plain(merged))
        return marking

    def _marks(self) -> dict[str, dict[str, Mark]]:
        path = self._kept / "marks.json"
        try:
            return restored(dict[str, dict[str, Mark]], json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except Exception as error:  # nobody's marks are dropped because a file is damaged
            raise UsageError(f"{path}, which holds the marks by hand, cannot be read.") from error

    def _entry(self, plan: Plan, hand_in: HandIn, marks: Mapping[str, Mark]) -> Entry:
        key = plan.keys.get(hand_in.student.id)
        if key is None:
            return Entry(hand_in, None)
        result = self.result(key, hand_in.student.id)
        if result is None:
            return Entry(replace(hand_in, problems=(*hand_in.problems, _waits())), None)
        if isinstance(result, str):
            result = unreported(plan.settings, hand_in, result)
        known = {item.item.id for item in result.report.items}
        own = {id_: mark for id_, mark in marks.items() if id_ in known}
        told = tuple(p for p in hand_in.problems if p.code not in _OF_THE_CHOICE)
        return Entry(replace(hand_in, problems=told), result.report, result.materials, own)


def _waits() -> Problem:
    message = tr(
        "It has not been graded yet: the run was stopped before. The same command goes on."
    )
    return Problem(Severity.WARNING, NOT_GRADED_YET, message)


_OF_THE_CHOICE = ("several-files", "several-kinds")
"""What was supposed before the files were read; the report says which were graded for what."""


def _write(path: Path, data: Any) -> None:
    write_file(path, (json.dumps(data) + "\n").encode("ascii"))
