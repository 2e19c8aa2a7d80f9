"""What a graded course is written as: grade book, pages for the students, pages for the class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from adcheck.assignment import load_assignment
from adcheck.batch.jobs import Result
from adcheck.batch.store import Plan, Store
from adcheck.course import Entry, Grade
from adcheck.feedback import told
from adcheck.files import write_file
from adcheck.likeness import alike
from adcheck.lms import export, feedback_zip
from adcheck.model import Assignment, Problem, Severity
from adcheck.report import page, review, summary
from adcheck.report.json import render_json
from adcheck.report.standing import standing, totals

__all__ = ["grades", "pages_zip", "write"]


def write(store: Store, plan: Plan) -> list[Path]:
    """Writes everything that a course folder shows, from what it keeps.

    Returns:
        What was written, the students' pages aside.
    """
    entries = store.entries(plan)
    folder = store.folder
    (folder / "reports").mkdir(exist_ok=True)
    for entry in entries:
        _write_student(folder / "reports", entry, plan)
    for left in _left_over(folder / "reports", entries):
        left.unlink()
    links = {e.hand_in.student.id: f"reports/{e.hand_in.student.id}.html" for e in entries}
    groups = alike(_programs(store, plan), _given(plan))
    files = {
        "gradebook.csv": export("csv", grades(entries, plan), incomplete=True).data,
        "summary.html": summary.render(
            entries, title=plan.title, alike=groups, links=links
        ).encode(),
        "review.html": review.render(entries, title=plan.title).encode(),
    }
    for name, data in files.items():
        write_file(folder / name, data)
    return [folder / name for name in files]


def grades(entries: Sequence[Entry], plan: Plan) -> list[Grade]:
    """What each student gets, late penalties taken off.

    Who handed in nothing that can be graded gets nothing, out of the points of all assignments; on
    whose files adcheck failed, all points wait.
    """
    known = [load_assignment(name) for name in plan.settings.assignments]
    penalties = {assignment.slug: assignment.late_penalty for assignment in known}
    return [_grade(entry, known, penalties) for entry in entries]


def pages_zip(store: Store, plan: Plan, to: Literal["moodle", "canvas"]) -> tuple[bytes, list[str]]:
    """The students' pages in the shape that an LMS takes back as feedback files.

    Returns:
        The zip, and what there is to say of it.
    """
    entries = store.entries(plan)
    pages = {entry.hand_in.student.id: _page(entry, plan) for entry in entries}
    made = feedback_zip(to, pages, plan.hand_ins)
    left = [f"{student.name} gets no page there." for student in made.left]
    return made.data, [*left, *(note.message for note in made.notes)]


def _grade(entry: Entry, known: Sequence[Assignment], penalties: Mapping[str, float]) -> Grade:
    student, late = entry.hand_in.student, entry.hand_in.late
    if entry.report is None:
        most = sum(item.points for assignment in known for item in assignment.items)
        faulty = any(problem.code == "fault" for problem in entry.hand_in.problems)
        return Grade(student, 0.0, most, {}, late, most if faulty else 0.0)
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
    message = (
        f"It was handed in late: of the {whole.score:g} points below, {grade.score:g} are counted."
    )
    return [Problem(Severity.WARNING, "late", message)]


def _left_over(folder: Path, entries: Sequence[Entry]) -> list[Path]:
    """Pages of students who are no longer in the course."""
    names = {f"{e.hand_in.student.id}.html" for e in entries}
    names |= {f"{e.hand_in.student.id}.json" for e in entries if e.report is not None}
    return [path for path in folder.iterdir() if path.name not in names and path.is_file()]


def _programs(store: Store, plan: Plan) -> dict[str, tuple[str, ...]]:
    results = {h.student.id: store.result(h.student.id) for h in plan.hand_ins}
    return {id_: r.programs for id_, r in results.items() if isinstance(r, Result)}


def _given(plan: Plan) -> list[str]:
    known = [load_assignment(name) for name in plan.settings.assignments]
    return [assignment.given.text for assignment in known]
