"""What a graded course is written as: grade book, pages for the students, pages for the class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adcheck.assignment import load_assignment
from adcheck.batch.jobs import Result
from adcheck.batch.store import NOT_GRADED_YET, Plan, Store
from adcheck.course import Entry, Grade, Student
from adcheck.feedback import told
from adcheck.files import write_file
from adcheck.language import trn, using
from adcheck.likeness import alike
from adcheck.lms import FeedbackZip, Filled, Gradebook, PagesFor, export, feedback_zip
from adcheck.model import Assignment, Problem, Severity, Status
from adcheck.report import page, review, summary
from adcheck.report.json import render_json
from adcheck.report.standing import standing, totals

__all__ = ["LATE_SKIPPED", "faulty", "filled", "grades", "pages_zip", "write"]

LATE_SKIPPED = "late-skipped"
"""The code of the problem that a late submission is not to be graded."""


def write(store: Store, plan: Plan) -> list[Path]:
    """Writes everything that a course folder shows, from what it keeps.

    Returns:
        What was written, the students' pages aside.
    """
    with using(plan.settings.language):
        return _written(store, plan)


def _written(store: Store, plan: Plan) -> list[Path]:
    entries = store.entries(plan)
    folder = store.folder
    _write_students(store, entries, plan)
    links = {e.hand_in.student.id: f"reports/{e.hand_in.student.id}.html" for e in entries}
    groups = alike(_programs(store, plan), _given(plan))
    class_page = summary.render(entries, title=plan.title, alike=groups, links=links)
    files: dict[str, bytes | Iterable[bytes]] = {
        "gradebook.csv": filled("csv", store, plan, incomplete=True).data,
        "summary.html": class_page.encode(),
        "review.html": map(str.encode, review.render_lines(entries, title=plan.title)),
    }
    for name, data in files.items():
        write_file(folder / name, data)
    return [folder / name for name in files]


def filled(to: Gradebook, store: Store, plan: Plan, **options: Any) -> Filled:
    """The course's grades in a system's format.

    Args:
        to: whose format.
        store: holds the results.
        plan: of the folder.
        options: as of `adcheck.lms.export`.
    """
    known = [load_assignment(name) for name in plan.settings.assignments]
    items = [item.id for assignment in known for item in assignment.items]
    return export(to, grades(store.entries(plan), plan), items=items, **options)


def grades(entries: Sequence[Entry], plan: Plan) -> list[Grade]:
    """What each student gets, late penalties taken off.

    Who handed in nothing that can be graded gets nothing, out of the points of all assignments.
    Where nobody has looked at what was handed in, since the run was stopped before or because late
    submissions are skipped, all points wait.
    """
    known = [load_assignment(name) for name in plan.settings.assignments]
    penalties = {assignment.slug: assignment.late_penalty for assignment in known}
    return [_grade(entry, known, penalties) for entry in entries]


def pages_zip(store: Store, plan: Plan, to: PagesFor) -> FeedbackZip:
    """The students' pages in the shape that an LMS takes back as feedback files."""
    entries = store.entries(plan)
    pages = {entry.hand_in.student.id: _page(entry, plan) for entry in entries}
    return feedback_zip(to, pages, plan.hand_ins)


def _grade(entry: Entry, known: Sequence[Assignment], penalties: Mapping[str, float]) -> Grade:
    student, late = entry.hand_in.student, entry.hand_in.late
    if entry.report is None:
        most = sum(item.points for assignment in known for item in assignment.items)
        waits = any(problem.code in _UNSEEN for problem in entry.hand_in.problems)
        return Grade(student, 0.0, most, {}, late, most if waits else 0.0)
    sections = standing(entry)
    sums = {section.slug: section.totals for section in sections}
    score = sum(
        total.score * (1.0 - (penalties.get(slug, 0.0) if late else 0.0))
        for slug, total in sums.items()
    )
    whole = totals(row for section in sections for row in section.rows)
    items = {
        row.result.item.id: row.points
        for section in sections
        for row in section.rows
        if row.decided
    }
    return Grade(student, score, whole.most, items, late, whole.waiting)


_UNSEEN = (NOT_GRADED_YET, LATE_SKIPPED)


def faulty(entries: Sequence[Entry]) -> list[Student]:
    """On whose submissions adcheck itself failed, as a whole or in part, and nobody has marked."""
    return [
        entry.hand_in.student
        for entry in entries
        if any(
            row.waits and row.result.status is Status.ERROR
            for section in standing(entry)
            for row in section.rows
        )
    ]


def _write_students(store: Store, entries: Sequence[Entry], plan: Plan) -> None:
    """Writes the students' pages, and takes away those of who is no longer in the course."""
    names = {f"{e.hand_in.student.id}.html" for e in entries}
    names |= {f"{e.hand_in.student.id}.json" for e in entries if e.report is not None}
    before = store.pages()
    store.keep_pages(before | names)
    for entry in entries:
        _write_student(store.folder / "reports", entry, plan)
    for name in before - names:
        (store.folder / "reports" / name).unlink(missing_ok=True)
    store.keep_pages(names)


def _write_student(folder: Path, entry: Entry, plan: Plan) -> None:
    student = entry.hand_in.student.id
    write_file(folder / f"{student}.html", _page(entry, plan))
    if entry.report is not None:
        report = told(entry.report, plan.feedback)
        write_file(folder / f"{student}.json", render_json(report).encode())


def _page(entry: Entry, plan: Plan) -> bytes:
    report = None if entry.report is None else told(entry.report, plan.feedback)
    hand_in = entry.hand_in
    if hand_in.late and report is not None:
        lost = _lost_by_being_late(entry, plan)
        hand_in = replace(hand_in, problems=(*hand_in.problems, *lost))
    return page.render(replace(entry, report=report, hand_in=hand_in)).encode()


def _lost_by_being_late(entry: Entry, plan: Plan) -> list[Problem]:
    [grade] = grades([entry], plan)
    whole = totals(row for section in standing(entry) for row in section.rows)
    if grade.score == whole.score:
        return []
    message = trn(
        "It was handed in late: of the {score} point below, {counted} are counted.",
        "It was handed in late: of the {score} points below, {counted} are counted.",
        whole.score,
        score=f"{whole.score:g}",
        counted=f"{grade.score:g}",
    )
    return [Problem(Severity.WARNING, "late", message)]


def _programs(store: Store, plan: Plan) -> dict[str, tuple[str, ...]]:
    results = ((student, store.result(key, student)) for student, key in plan.keys.items())
    return {student: r.programs for student, r in results if isinstance(r, Result)}


def _given(plan: Plan) -> list[str]:
    known = [load_assignment(name) for name in plan.settings.assignments]
    return [assignment.given.text for assignment in known]
