"""The folder of a graded course: what is kept between runs, and who may write there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adcheck.batch.jobs import Result, Settings
from adcheck.course import Entry, HandIn, Mark
from adcheck.errors import UsageError
from adcheck.files import write_file
from adcheck.marking import read_marks
from adcheck.model import Feedback, Problem, Severity, Status
from adcheck.records import plain, restored

__all__ = ["Plan", "Store"]

_VERSION = 1
_KEPT = ".adcheck"


@dataclass(frozen=True)
class Plan:
    """What a course folder holds the results of.

    Attributes:
        settings: of the runs.
        feedback: how much the students' pages tell.
        title: of the course's pages.
        hand_ins: one for each student.
        version: of this record.
    """

    settings: Settings
    feedback: Feedback
    title: str
    hand_ins: tuple[HandIn, ...]
    version: int = _VERSION


class Store:
    """A course folder.

    Args:
        folder: it exists, or is made when something is kept there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept = folder / _KEPT

    # ------------------------------------------------------------------- what was planned

    def begin(self, plan: Plan) -> None:
        """Keeps a plan; results that are there stay.

        Raises:
            UsageError: the folder cannot be written.
        """
        try:
            (self._kept / "results").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise UsageError(f"cannot make the folder {self.folder}: {why}.") from error
        _write(self._kept / "plan.json", plain(plan))

    def plan(self) -> Plan:
        """What was planned.

        Raises:
            UsageError: this is no course folder.
        """
        path = self._kept / "plan.json"
        try:
            return restored(Plan, json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            raise UsageError(
                f"{self.folder} holds no graded course: adcheck batch makes one with -o."
            ) from None
        except Exception as error:
            raise UsageError(f"{path} cannot be read: grade the course again.") from error

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
        kept = self._load(student)
        if kept is None or kept.get("key") != key:
            return False
        if not retry:
            return "report" in kept
        return "report" in kept and not any(
            item["status"] in (Status.LIMIT, Status.ERROR)
            for assignment in kept["report"]["assignments"]
            for item in assignment["items"]
        )

    def forget(self) -> None:
        """Drops all results; marks by hand stay."""
        for path in (self._kept / "results").glob("*.json"):
            path.unlink()

    def result(self, student: str) -> Result | str | None:
        """A student's result; what failed, if adcheck did; None if there is none."""
        kept = self._load(student)
        if kept is None:
            return None
        if "fault" in kept:
            return str(kept["fault"])
        return restored(Result, {name: kept[name] for name in kept if name != "key"})

    def _load(self, student: str) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._result_path(student).read_text("utf-8"))
            return kept if isinstance(kept, dict) and kept.get("student") == student else None
        except (OSError, ValueError):  # not there, or half of it: grade again
            return None

    def _result_path(self, student: str) -> Path:
        return self._kept / "results" / f"{student}.json"

    # ------------------------------------------------------------------- marks

    def entries(self, plan: Plan) -> list[Entry]:
        """One for each student, with the marks by hand."""
        marks = self._marks()
        return [
            self._entry(hand_in, marks.get(hand_in.student.id, {})) for hand_in in plan.hand_ins
        ]

    def merge(self, plan: Plan, table: str) -> int:
        """Takes a table of marks into the folder: all of it, or nothing.

        Args:
            plan: of the folder.
            table: CSV with the columns of `adcheck.marking.COLUMNS`. A mark that is there already
                for the same student and item is replaced.

        Returns:
            How many marks it held.

        Raises:
            UsageError: it holds what cannot be taken; every such line is told.
        """
        marking = read_marks(table, self.entries(plan))
        if marking.problems:
            raise UsageError(_all(marking.problems))
        merged = self._marks()
        for student, marks in marking.marks.items():
            merged.setdefault(student, {}).update(marks)
        _write(self._kept / "marks.json", plain(merged))
        return sum(map(len, marking.marks.values()))

    def _marks(self) -> dict[str, dict[str, Mark]]:
        path = self._kept / "marks.json"
        try:
            return restored(dict[str, dict[str, Mark]], json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except Exception as error:  # nobody's marks are dropped because a file is damaged
            raise UsageError(f"{path}, which holds the marks by hand, cannot be read.") from error

    def _entry(self, hand_in: HandIn, marks: Mapping[str, Mark]) -> Entry:
        result = self.result(hand_in.student.id)
        if isinstance(result, Result):
            known = {item.item.id for item in result.report.items}
            own = {id_: mark for id_, mark in marks.items() if id_ in known}
            return Entry(hand_in, result.report, result.materials, own)
        if result is None:
            return Entry(hand_in, None)
        fault = Problem(Severity.ERROR, "fault", f"adcheck failed: {result}. {_NO_LOSS}")
        return Entry(replace(hand_in, problems=(*hand_in.problems, fault)), None)


_NO_LOSS = "No points are lost by that; a person has to look at it, or another run with --retry."


def _all(problems: Sequence[str]) -> str:
    more = len(problems) - 20
    listed = "\n  ".join(problems[:20]) + (f"\n  … and {more} more" if more > 0 else "")
    return f"nothing was taken, because of {len(problems)} line(s):\n  {listed}"


def _write(path: Path, data: Any) -> None:
    write_file(path, (json.dumps(data) + "\n").encode("ascii"))
