"""Courses for tests: downloads in every LMS's layout, and an executor that grades at once."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from adcheck.batch import jobs
from adcheck.batch.jobs import Job, Result
from adcheck.model import Report, Status
from adcheck.records import plain
from tests.reports import lost, our_fault, right

LAYOUTS: Final = ("moodle", "canvas", "gradescope", "classroom", "flat")

Files = Mapping[str, bytes]
"""What one student handed in, by name."""


def download(layout: str, students: Mapping[str, Files]) -> bytes:
    """A zip of submissions as an LMS gives it.

    Args:
        layout: one of `LAYOUTS`.
        students: by full name.
    """
    members: dict[str, bytes] = {}
    people: list[tuple[str, str, str]] = []
    for number, (name, files) in enumerate(students.items(), 101):
        people.append((f"submission_{number}", name, str(number)))
        for position, (file, data) in enumerate(files.items()):
            members[_place(layout, name, number, position, file)] = data
    if layout == "gradescope":
        members["export/submission_metadata.yml"] = _metadata(people).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def _place(layout: str, name: str, number: int, position: int, file: str) -> str:
    match layout:
        case "moodle":
            return f"{name}_{number}_assignsubmission_file/{file}"
        case "canvas":
            short = "".join(name.lower().split())
            return f"{short}_{number}_{1000 * number + position}_{file}"
        case "gradescope":
            return f"export/submission_{number}/{file}"
        case "classroom":
            return f"{name} - {file}"
        case _:
            return f"{name}/{file}"


def _metadata(people: Sequence[tuple[str, str, str]]) -> str:
    return "".join(
        f"{folder}:\n  :submitters:\n  - :name: {name}\n    :sid: '{sid}'\n"
        for folder, name, sid in people
    )


# --------------------------------------------------------------------------- grading at once


def report(text: str) -> Report:
    """What a stub says of a file that holds this text."""
    kinds: dict[str, Callable[[], Report]] = {"right": right, "fault": our_fault, "limit": _limit}
    return kinds.get(text.strip(), lost)()


def _limit() -> Report:
    [assignment] = right().assignments
    first, *others = assignment.items
    slow = replace(first, status=Status.LIMIT, points=0.0, message="It takes too long.")
    return replace(right(), assignments=(replace(assignment, items=(slow, *others)),))


class Grader:
    """Grades in no time, by the text of the first file, and remembers whom.

    Attributes:
        graded: student ids, in order.
        fails: by student id, what is raised instead.
        places: folders that executors were made for.
    """

    def __init__(self) -> None:
        self.graded: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self.places: list[Path] = []

    def local_executor(self, place: Path) -> Callable[[int], Executor]:
        """Stands in for `adcheck.batch.running.local_executor`."""
        self.places.append(place)
        return lambda width: _AtOnce(self.grade)

    def grade(self, job: Job) -> dict[str, Any]:
        """Stands in for `adcheck.batch.jobs.grade_job`."""
        self.graded.append(job.student)
        if job.student in self.fails:
            raise self.fails[job.student]
        text = Path(job.folder, job.paths[0]).read_text("utf-8")
        found = replace(report(text), path=job.paths[0], seed=job.settings.seed)
        data: dict[str, Any] = plain(Result(job.student, found, {}, (text,)))
        return data


class _AtOnce(Executor):
    def __init__(self, grade: Callable[[Job], dict[str, Any]]) -> None:
        self._grade = grade

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert fn is jobs.grade_job
        future: Future[Any] = Future()
        try:
            future.set_result(self._grade(*args))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            future.set_exception(error)
        return future
