"""One student's files, graded: what a process of a batch does, here or on another machine."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import adcheck
from adcheck.assignment import load_assignment
from adcheck.course import Material
from adcheck.errors import UsageError
from adcheck.grading import grade
from adcheck.model import Item, Problem, Report, Severity
from adcheck.records import plain
from adcheck.sandbox.isolation import Choice
from adcheck.survey import Survey, question, reader

__all__ = ["Job", "Result", "Settings", "digest_of", "grade_job", "key_of"]


@dataclass(frozen=True)
class Settings:
    """What of a batch decides on its results.

    Attributes:
        assignments: slugs or folders, in the order of the rubric's rows.
        seed: of all random inputs.
        timeout: processor seconds for each call, instead of the rubric's.
        isolation: of the workers.
    """

    assignments: tuple[str, ...]
    seed: int = 0
    timeout: float | None = None
    isolation: Choice = "strict"


@dataclass(frozen=True)
class Job:
    """What is to be graded for one student.

    Attributes:
        student: id.
        folder: that holds the student's files.
        paths: of the candidates in it, the one to take first.
        settings: of the batch.
        files: where the folder does not exist on the machine that grades: the files in it.
        assignment_files: likewise of each assignment that is given by its folder.
    """

    student: str
    folder: str
    paths: tuple[str, ...]
    settings: Settings
    files: Mapping[str, bytes] | None = None
    assignment_files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What came of a job.

    Attributes:
        student: id.
        report: with everything that there is to tell.
        materials: for each item that waits for a person, what there is to look at.
        programs: the source that was run, for comparing submissions with each other.
    """

    student: str
    report: Report
    materials: Mapping[str, tuple[Material, ...]] = field(default_factory=dict)
    programs: tuple[str, ...] = ()


def key_of(job: Job) -> str:
    """A digest of everything that decides on a job's result: equal keys, equal results."""
    settings = job.settings
    known = [load_assignment(name) for name in settings.assignments]
    versions = [adcheck.__version__, *(metadata.version(name) for name in ("jax", "numpy"))]
    parts = [
        *(f"{assignment.slug} {assignment.digest}" for assignment in known),
        f"{settings.seed} {settings.timeout} {settings.isolation}",
        *versions,
        *job.paths,
        digest_of(Path(job.folder)),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def digest_of(folder: Path) -> str:
    """A digest of all files in a folder, and of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
            with path.open("rb") as file:
                inner = hashlib.file_digest(file, "sha256").digest()
            digest.update(name + b"\0" + inner)
    return digest.hexdigest()


def grade_job(job: Job) -> dict[str, Any]:
    """Grades one student's files.

    Returns:
        A `Result` as plain data, so that it can be kept and sent.

    Raises:
        GraderError: adcheck itself failed.
        UsageError: the settings cannot be used on this machine.
    """
    if job.files is None:
        return plain(_result(job))  # type: ignore[no-any-return]
    with tempfile.TemporaryDirectory(prefix="adcheck-job-") as place:
        _write(Path(place, "own"), job.files)
        for name, files in job.assignment_files.items():
            _write(Path(place, "assignments", name), files)
        names = [
            str(Path(place, "assignments", Path(name).name))
            if Path(name).name in job.assignment_files
            else name
            for name in job.settings.assignments
        ]
        settings = replace(job.settings, assignments=tuple(names))
        moved = replace(job, folder=str(Path(place, "own")), settings=settings)
        return plain(_result(moved))  # type: ignore[no-any-return]


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _result(job: Job) -> Result:
    known = [load_assignment(name) for name in job.settings.assignments]
    slugs = {a.slug: name for a, name in zip(known, job.settings.assignments, strict=True)}
    asked = [question(assignment) for assignment in known]
    surveys = {path: reader.read(Path(job.folder, path), asked) for path in job.paths}
    chosen: defaultdict[str, list[str]] = defaultdict(list)
    for slug in slugs:
        chosen[_best(surveys, slug)].append(slug)
    reports = {
        path: grade(
            Path(job.folder, path),
            assignments=[slugs[slug] for slug in own],
            seed=job.settings.seed,
            timeout=job.settings.timeout,
            isolation=job.settings.isolation,
        )
        for path, own in chosen.items()
    }
    report = _together(reports, chosen, list(slugs))
    pending = {result.item.id for result in report.items if result.status.pending}
    materials: dict[str, tuple[Material, ...]] = {}
    for path, own in chosen.items():
        items = [i for a in known if a.slug in own for i in a.items if i.id in pending]
        materials |= _materials(job, path, items)
    programs = [
        source.text
        for path, own in chosen.items()
        for slug in own
        for source in surveys[path].findings[slug].programs.together.sources
        if source.label != "the starter"
    ]
    return Result(job.student, report, materials, tuple(dict.fromkeys(programs)))


def _best(surveys: Mapping[str, Survey], slug: str) -> str:
    """The file that answers most items of an assignment; the first of equals."""
    return max(surveys, key=lambda p: len(surveys[p].findings[slug].programs.together.targets))


def _together(
    reports: Mapping[str, Report], chosen: Mapping[str, Sequence[str]], slugs: Sequence[str]
) -> Report:
    """One report for the assignments of several files."""
    first = next(iter(reports.values()))
    if len(reports) == 1:
        return replace(first, path=next(iter(reports)))
    results = {a.slug: a for report in reports.values() for a in report.assignments}
    notes = [
        Problem(Severity.NOTE, "taken", f"Graded for {' and '.join(chosen[path])}.", path)
        for path in reports
    ]
    problems = [problem for report in reports.values() for problem in report.problems]
    return replace(
        first,
        path=", ".join(reports),
        sha256=hashlib.sha256("".join(r.sha256 for r in reports.values()).encode()).hexdigest(),
        assignments=tuple(results[slug] for slug in slugs),
        problems=(*notes, *problems),
        seconds=sum(report.seconds for report in reports.values()),
        whole=any(report.whole for report in reports.values()),
    )


def _materials(job: Job, path: str, items: Sequence[Item]) -> dict[str, tuple[Material, ...]]:
    if not items:
        return {}
    try:
        return reader.materials(Path(job.folder, path), {item.id: item.names for item in items})
    except UsageError:  # what cannot be read is told in the report
        return {}
