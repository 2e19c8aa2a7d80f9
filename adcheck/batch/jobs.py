"""One student's files, graded: what a process of a batch does, here or on another machine."""

from __future__ import annotations

import atexit
import functools
import hashlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import adcheck
from adcheck.assignment import load_assignment
from adcheck.course import HandIn, Material, MaterialKind
from adcheck.errors import AdcheckError
from adcheck.grading import grade, versions
from adcheck.language import ENGLISH, tr, using
from adcheck.lms.choosing import Prefer, choose
from adcheck.lms.claims import Claim
from adcheck.lms.tree import list_files
from adcheck.model import (
    Assignment,
    AssignmentResult,
    Isolation,
    Item,
    ItemResult,
    Problem,
    Report,
    Severity,
    Status,
)
from adcheck.records import plain
from adcheck.sandbox.isolation import Choice, is_on, level, merged
from adcheck.survey import Survey, question, reader

__all__ = [
    "Job",
    "Result",
    "Settings",
    "digest_of",
    "grade_job",
    "key_of",
    "known_versions",
    "unreported",
]


@dataclass(frozen=True)
class Settings:
    """What of a batch decides on its results.

    Attributes:
        assignments: slugs or folders, in the order of the rubric's rows.
        seed: of all random inputs.
        timeout: processor seconds for each call, instead of the rubric's.
        isolation: of the workers.
        prefer: which kind of a student's files is taken where several answer as much.
        language: of what students read.
    """

    assignments: tuple[str, ...]
    seed: int = 0
    timeout: float | None = None
    isolation: Choice = "strict"
    prefer: Prefer = "ipynb"
    language: str = ENGLISH


@dataclass(frozen=True)
class Job:
    """What is to be graded for one student.

    Attributes:
        student: id.
        folder: that holds the student's files.
        paths: of the candidates in it, the one to take first.
        settings: of the batch.
        files: where the folder does not exist on the machine that grades: the files in it.
        assignment_files: likewise of each assignment that is given by its folder, by that.
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
    zipped = [settings.prefer for path in job.paths if path.lower().endswith(".zip")]
    parts = [
        *(f"{assignment.slug} {assignment.digest}" for assignment in known),
        f"{settings.seed} {settings.timeout} {settings.isolation} {settings.language}",
        *known_versions(),
        *job.paths,
        *zipped,  # the order of what lies in them; that of all else is in the paths
        digest_of(Path(job.folder)),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def known_versions() -> tuple[str, ...]:
    """Of what decides on results, on this machine."""
    return adcheck.__version__, metadata.version("jax"), metadata.version("numpy")


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
    spoken = using(job.settings.language)
    with spoken, tempfile.TemporaryDirectory(prefix="adcheck-job-") as place:
        if job.files is not None:
            _write(Path(place, "own"), job.files)
            names = tuple(_brought(job, name) for name in job.settings.assignments)
            settings = replace(job.settings, assignments=names)
            job = replace(job, folder=str(Path(place, "own")), settings=settings)
        return plain(_result(job, Path(place)))  # type: ignore[no-any-return]


def unreported(settings: Settings, hand_in: HandIn, fault: str) -> Result:
    """The result where adcheck itself failed: every point waits for a person.

    Args:
        settings: of the batch.
        hand_in: whose grading failed.
        fault: what failed, a sentence.
    """
    message = tr(
        "adcheck failed on this submission: {fault}. No points are lost by that.",
        fault=fault.rstrip("."),
    )
    known = [load_assignment(name) for name in settings.assignments]
    report = Report(
        path=", ".join(hand_in.paths),
        sha256=hashlib.sha256(b"").hexdigest(),
        seed=settings.seed,
        assignments=tuple(_all_waiting(assignment, message) for assignment in known),
        others=(),
        isolation=Isolation("weak", {"process": "off: nothing was graded"}),
        problems=(),
        versions=versions(),
        seconds=0.0,
    )
    return Result(hand_in.student.id, report)


def _all_waiting(assignment: Assignment, message: str) -> AssignmentResult:
    items = tuple(ItemResult(i, "", 0.0, Status.ERROR, message=message) for i in assignment.items)
    return AssignmentResult(assignment.slug, assignment.title, items)


# --------------------------------------------------------------------------- what was sent along


def _brought(job: Job, name: str) -> str:
    """Where an assignment lies on this machine."""
    files = job.assignment_files.get(name)
    return name if files is None else str(_unpacked(Path(name).name, tuple(files.items())))


@functools.cache
def _unpacked(name: str, files: tuple[tuple[str, bytes], ...]) -> Path:
    """A folder of its own for an assignment: one for all jobs of this process.

    So its references are computed once, and not for each job.
    """
    place = tempfile.mkdtemp(prefix="adcheck-assignment-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    _write(Path(place, name), dict(files))
    return Path(place, name)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


# --------------------------------------------------------------------------- grading


def _result(job: Job, place: Path) -> Result:
    known = [load_assignment(name) for name in job.settings.assignments]
    names = {a.slug: name for a, name in zip(known, job.settings.assignments, strict=True)}
    asked = [question(assignment) for assignment in known]
    files = _files(job, place)
    surveys = {shown: reader.read(path, asked) for shown, path in files.items()}
    chosen: defaultdict[str, list[str]] = defaultdict(list)
    for slug in names:
        chosen[_best(surveys, slug)].append(slug)
    reports = {
        shown: grade(
            files[shown],
            assignments=[names[slug] for slug in own],
            seed=job.settings.seed,
            timeout=job.settings.timeout,
            isolation=job.settings.isolation,
            side_by_side=False,  # the cores are taken by other submissions
        )
        for shown, own in chosen.items()
    }
    report = _together(reports, list(names))
    told = (*_taken(surveys, chosen), *_elsewhere(surveys, chosen, known), *report.problems)
    report = replace(report, problems=told)
    pending = {result.item.id for result in report.items if result.status.pending}
    materials: dict[str, tuple[Material, ...]] = {}
    for shown, own in chosen.items():
        items = [i for a in known if a.slug in own for i in a.items if i.id in pending]
        materials |= _materials(files[shown], items)
    programs = dict.fromkeys(
        source.text
        for shown, own in chosen.items()
        for slug in own
        for source in surveys[shown].findings[slug].programs.together.sources
        if source.label != "the starter"
    )
    return Result(job.student, report, materials, tuple(programs))


def _files(job: Job, place: Path) -> dict[str, Path]:
    """The candidates, by what they are called; instead of a zip, those in it."""
    found: dict[str, Path] = {}
    for number, path in enumerate(job.paths):
        whole = Path(job.folder, path)
        inside = reader.unzipped(whole) if path.lower().endswith(".zip") else {}
        own = place / f"zip{number}"
        _write(own, inside)
        names = _candidates(own, job.settings.prefer) if inside else ()
        found |= {f"{path}/{name}": own / name for name in names} or {path: whole}
    return found


def _candidates(folder: Path, prefer: Prefer) -> tuple[str, ...]:
    claims = [Claim(file, file.path, "") for file in list_files(folder)]
    return choose(folder, claims, prefer).paths


def _best(surveys: Mapping[str, Survey], slug: str) -> str:
    """The file that answers most items of an assignment; the first of equals."""
    return max(surveys, key=lambda shown: len(_found(surveys[shown], slug)))


def _found(survey: Survey, slug: str) -> Mapping[str, str]:
    """By item, the function of it that a file has."""
    return survey.findings[slug].programs.together.targets


def _together(reports: Mapping[str, Report], slugs: Sequence[str]) -> Report:
    """One report for the assignments of several files."""
    first = next(iter(reports.values()))
    if len(reports) == 1:
        return replace(first, path=next(iter(reports)))
    results = {a.slug: a for report in reports.values() for a in report.assignments}
    return replace(
        first,
        path=", ".join(reports),
        sha256=hashlib.sha256("".join(r.sha256 for r in reports.values()).encode()).hexdigest(),
        assignments=tuple(results[slug] for slug in slugs),
        isolation=_least([report.isolation for report in reports.values()]),
        problems=tuple(problem for report in reports.values() for problem in report.problems),
        seconds=sum(report.seconds for report in reports.values()),
        whole=any(report.whole for report in reports.values()),
    )


def _least(isolations: Sequence[Isolation]) -> Isolation:
    """What confined all workers; where nothing was run, there were none."""
    ran = [one for one in isolations if is_on(one.layers, "process")]
    if not ran:
        return isolations[0]
    layers: dict[str, str] = {}
    for one in ran:
        layers = merged(layers, one.layers)
    return Isolation(level(layers), layers)


def _taken(surveys: Mapping[str, Survey], chosen: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Which of several files was graded for what."""
    for shown in surveys if len(surveys) > 1 else ():
        message = tr("It was graded for nothing.")
        if shown in chosen:
            message = tr("It was graded for {assignments}.", assignments=", ".join(chosen[shown]))
        yield Problem(Severity.NOTE, "taken", message, shown)


def _elsewhere(
    surveys: Mapping[str, Survey],
    chosen: Mapping[str, Sequence[str]],
    known: Sequence[Assignment],
) -> Iterator[Problem]:
    """Functions that are missing in the file that was graded, and stand in another one."""
    taken = {slug: shown for shown, own in chosen.items() for slug in own}
    for assignment in known:
        graded = taken[assignment.slug]
        for shown, survey in surveys.items():
            found = _found(survey, assignment.slug)
            here = _found(surveys[graded], assignment.slug)
            names = [name for item, name in found.items() if item not in here]
            if shown != graded and names:
                message = tr(
                    "It defines {names}, but {file} was graded for {assignment}: one homework "
                    "belongs in one file.",
                    names=", ".join(names),
                    file=graded,
                    assignment=assignment.slug,
                )
                yield Problem(Severity.WARNING, "elsewhere", message, shown)


def _materials(path: Path, items: Sequence[Item]) -> dict[str, tuple[Material, ...]]:
    """What there is to look at; no grade is lost where that cannot be told."""
    if not items:
        return {}
    try:
        return reader.materials(path, {item.id: item.names for item in items})
    except AdcheckError as error:
        why = tr("(what there is to look at could not be gathered: {error})", error=error)
        return {items[0].id: (Material(MaterialKind.TEXT, path.name, why),)}
