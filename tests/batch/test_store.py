import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adcheck.batch.jobs import Result, Settings
from adcheck.batch.store import NOT_GRADED_YET, Plan, Store
from adcheck.course import HandIn, Mark, Student
from adcheck.errors import UsageError
from adcheck.model import Feedback, Problem, Report, Severity, Status
from adcheck.records import plain
from tests.batch.courses import report
from tests.reports import right


def plan(*students: str) -> Plan:
    several = Problem(Severity.WARNING, "several-files", "a was taken; b was handed in too.")
    hand_ins = tuple(
        HandIn(Student(s, s.title()), (f"{s}.py",), False, (several,)) for s in students
    )
    keys = {student: f"key of {student}" for student in students}
    return Plan(Settings(("hvp",)), Feedback.HINTS, "HVP", hand_ins, keys)


def kept(student: str, what: Report) -> dict[str, Any]:
    data: dict[str, Any] = plain(Result(student, what))
    return data


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(tmp_path / "out")
    with found.held():
        found.begin(plan("ada", "bo"))
    return found


def test_a_plan_comes_back_as_it_was_kept(store: Store) -> None:
    assert store.plan() == plan("ada", "bo")
    assert Store(store.folder).previous() == plan("ada", "bo")


def test_a_result_counts_only_for_the_job_that_it_came_of(store: Store) -> None:
    store.keep("key of ada", kept("ada", right()))
    result = store.result("key of ada", "ada")
    assert isinstance(result, Result)
    assert result.report == right()
    assert store.result("another key", "ada") is None
    assert store.result("key of ada", "bo") is None


def test_equal_rows_of_the_rubric_are_there_once(store: Store) -> None:
    first, *others = right().assignments[0].items
    dearer = replace(first, item=replace(first.item, points=first.item.points + 1))
    other = replace(
        right(), assignments=(replace(right().assignments[0], items=(dearer, *others)),)
    )
    for student, what in {"ada": right(), "bo": other}.items():
        store.keep(f"key of {student}", kept(student, what))
    ada, bo = [entry.report for entry in store.entries(plan("ada", "bo"))]
    assert (ada, bo) == (right(), other)
    assert ada is not None
    assert bo is not None
    shared = [a.item is b.item for a, b in zip(ada.items, bo.items, strict=True)]
    assert shared == [False] + [True] * len(others)


def test_half_a_result_is_none_and_is_graded_again(store: Store) -> None:
    store.keep("key of ada", kept("ada", right()))
    path = store.folder / ".adcheck" / "results" / "ada.json"
    for text in (path.read_text()[:300], "[]", '{"key": "key of ada", "student": "ada"}', "\0"):
        path.write_text(text)
        assert not store.finished("key of ada", "ada", False)


@pytest.mark.parametrize(("text", "again"), [("right", False), ("limit", True), ("fault", True)])
def test_retry_grades_again_whom_a_limit_or_a_fault_stopped(
    store: Store, text: str, again: bool
) -> None:
    store.keep("k", kept("ada", report(text)))
    assert store.finished("k", "ada", False)
    assert store.finished("k", "ada", True) is not again


def test_retry_looks_at_parts_of_items_too(store: Store) -> None:
    [assignment] = right().assignments
    item = next(i for i in assignment.items if i.parts)
    part = replace(item.parts[0], status=Status.LIMIT)
    half = replace(item, status=Status.PARTIAL, parts=(part, *item.parts[1:]))
    store.keep(
        "k", kept("ada", replace(right(), assignments=(replace(assignment, items=(half,)),)))
    )
    assert store.finished("k", "ada", False)
    assert not store.finished("k", "ada", True)


def test_a_fault_is_graded_again_only_if_that_is_asked_for(store: Store) -> None:
    store.keep_fault("k", "ada", "it crashed")
    assert store.finished("k", "ada", False)
    assert not store.finished("k", "ada", True)


def test_where_adcheck_failed_every_item_waits_and_can_be_marked(store: Store) -> None:
    store.keep_fault("key of ada", "ada", "the process that graded it died")
    ada, _ = store.entries(store.plan())
    assert ada.report is not None
    assert {item.status for item in ada.report.items} == {Status.ERROR}
    assert "process that graded it died. No points are lost" in ada.report.items[0].message
    marking = store.merge(store.plan(), "student,item,points\nada,hvp.hvp,4\n")
    assert marking.problems == ()
    ada, _ = store.entries(store.plan())
    assert ada.marks == {"hvp.hvp": Mark("hvp.hvp", 4.0)}


def test_who_has_not_been_graded_yet_is_told_from_who_handed_in_nothing(store: Store) -> None:
    nothing = replace(plan("ada", "bo"), keys={"ada": "key of ada"})
    ada, bo = store.entries(nothing)
    assert (ada.report, bo.report) == (None, None)
    assert NOT_GRADED_YET in [problem.code for problem in ada.hand_in.problems]
    assert NOT_GRADED_YET not in [problem.code for problem in bo.hand_in.problems]


def test_the_report_says_which_file_was_graded_and_not_the_roster(store: Store) -> None:
    store.keep("key of ada", kept("ada", right()))
    ada, bo = store.entries(store.plan())
    assert ada.hand_in.problems == ()
    assert bo.hand_in.problems[0].code == "several-files"


def test_marks_are_taken_all_or_none_and_survive_whatever_follows(store: Store) -> None:
    for student in ("ada", "bo"):
        store.keep(f"key of {student}", kept(student, right()))
    good = "student,item,points,comment,reason\nada,hvp.hvp,1,well,looked again\n"
    assert store.merge(store.plan(), good).problems == ()
    bad = f"{good}nobody,hvp.hvp,1,,\nada,hvp.nothing,1,,\nbo,hvp.hvp,99,,x\nbo,hvp.hvp,2,,\n"
    problems = store.merge(store.plan(), bad).problems
    assert [problem.partition(":")[0] for problem in problems] == [
        f"Line {n}" for n in (3, 4, 5, 6)
    ]
    store.forget()
    store.keep("key of ada", kept("ada", report("lost")))
    ada, bo = store.entries(store.plan())
    assert ada.marks == {"hvp.hvp": Mark("hvp.hvp", 1.0, "well", "looked again")}
    assert bo.marks == {}


def test_a_damaged_file_of_marks_ends_the_run_and_drops_none(store: Store) -> None:
    path = store.folder / ".adcheck" / "marks.json"
    path.write_text('{"ada": ')
    with pytest.raises(UsageError, match="holds the marks by hand"):
        store.entries(store.plan())
    assert path.read_text() == '{"ada": '


def test_two_runs_never_meet_in_one_folder(store: Store) -> None:
    with (
        store.held(),
        pytest.raises(UsageError, match="another adcheck batch"),
        Store(store.folder).held(),
    ):
        pass
    with store.held():
        pass


def test_what_a_killed_run_had_begun_to_write_is_cleared_away(store: Store) -> None:
    for place in ("", "reports", ".adcheck", ".adcheck/results"):
        (store.folder / place / ".x.adcheck-part").write_text("half")
    (store.folder / ".mine").write_text("mine")
    with store.held():
        pass
    assert not list(store.folder.rglob("*.adcheck-part"))
    assert (store.folder / ".mine").is_file()


@pytest.mark.parametrize("name", ["gradebook.csv", "reports/mine.html"])
def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(UsageError, match="not written by adcheck batch"), Store(tmp_path).held():
        pass
    assert not (tmp_path / ".adcheck").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match="cannot use the folder"),
        Store(tmp_path / "file" / "out").held(),
    ):
        pass


@pytest.mark.parametrize("text", [None, "{", json.dumps({"version": 1})])
def test_what_is_no_course_folder_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / ".adcheck").mkdir()
        (tmp_path / ".adcheck" / "plan.json").write_text(text)
    with pytest.raises(UsageError, match=r"holds no graded course|cannot be read"):
        Store(tmp_path).plan()
    assert Store(tmp_path).previous() is None
