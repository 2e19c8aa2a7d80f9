"""One student's files, graded: which file for what, and what a result's key depends on."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from adcheck.assignment import load_assignment
from adcheck.batch import jobs
from adcheck.batch.dask import packed
from adcheck.batch.jobs import Job, Result, Settings, grade_job, key_of, unreported
from adcheck.course import HandIn, Student
from adcheck.errors import GraderError
from adcheck.grading import grade
from adcheck.model import Report, Status
from adcheck.records import restored
from adcheck.sandbox import reading
from adcheck.survey import reader
from tests.lms.trees import zipped
from tests.submissions_of import SUBMISSIONS, content

BOTH = Settings(("hvp", "step_size"), isolation="auto")
HVP = Settings(("hvp",), isolation="auto")
ASSIGNMENT = SUBMISSIONS.parents[1] / "assignments" / "hvp"
FEW = "partial/get_params_and_naive_only.py"


@pytest.fixture(autouse=True)
def ended() -> object:
    yield
    reading.stop()


def job(folder: Path, settings: Settings, **files: str | bytes) -> Job:
    """Of files by their names, with ``__`` for a dot."""
    names = {name.replace("__", "."): data for name, data in files.items()}
    for name, data in names.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return Job("ada", str(folder), tuple(names), settings)


def result(of: Job) -> Result:
    return restored(Result, grade_job(of))


def points(report: Report) -> dict[str, float]:
    return {item.item.id: item.points for item in report.items if item.status.graded}


def codes(report: Report) -> dict[str, str]:
    return {f"{problem.code} {problem.where}": problem.message for problem in report.problems}


# --------------------------------------------------------------------------- keys


def test_equal_jobs_have_equal_keys_wherever_their_files_lie(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert key_of(job(tmp_path / "a", HVP, hw__py="1")) == key_of(
        job(tmp_path / "b", HVP, hw__py="1")
    )


@pytest.mark.parametrize(
    "other",
    [
        lambda one: replace(one, settings=replace(HVP, seed=1)),
        lambda one: replace(one, settings=replace(HVP, timeout=1.0)),
        lambda one: replace(one, settings=replace(HVP, isolation="weak")),
        lambda one: replace(one, settings=replace(HVP, language="ru")),
        lambda one: replace(one, settings=replace(HVP, assignments=("hvp", "step_size"))),
        lambda one: replace(one, paths=("hw.py", "hw2.py")),
        lambda one: Path(one.folder, "hw.py").write_text("2") and one,
        lambda one: Path(one.folder, "data.py").write_text("") or one,
        lambda one: Path(one.folder, "hw.py").rename(Path(one.folder, "x.py")) and one,
    ],
)
def test_whatever_decides_on_a_result_is_in_its_key(
    tmp_path: Path, other: Callable[[Job], Job]
) -> None:
    one = job(tmp_path, HVP, hw__py="1")
    before = key_of(one)
    assert key_of(other(one)) != before


def test_versions_are_in_the_key(tmp_path: Path) -> None:
    one = job(tmp_path, HVP, hw__py="1")
    before = key_of(one)
    with mock.patch.object(jobs, "known_versions", return_value=("9", "9", "9")):
        assert key_of(one) != before


def test_a_changed_rubric_is_another_key_and_a_moved_one_is_not(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        shutil.copytree(ASSIGNMENT, tmp_path / name / "hvp")
    text = (tmp_path / "c" / "hvp" / "rubric.toml").read_text("utf-8")
    (tmp_path / "c" / "hvp" / "rubric.toml").write_text(text.replace("Benchmarking", "Timing"))
    (tmp_path / "own").mkdir()
    keys = [
        key_of(
            job(
                tmp_path / "own", replace(HVP, assignments=(str(tmp_path / n / "hvp"),)), hw__py="1"
            )
        )
        for n in ("a", "b", "c")
    ]
    assert keys[0] == keys[1] != keys[2]


def test_which_kind_is_preferred_matters_for_zips_alone(tmp_path: Path) -> None:
    py = replace(HVP, prefer="py")
    module = job(tmp_path, HVP, hw__py="1")
    assert key_of(module) == key_of(replace(module, settings=py))
    archive = job(tmp_path, HVP, hw__zip=b"")
    assert key_of(archive) != key_of(replace(archive, settings=py))


# --------------------------------------------------------------------------- faults


def test_where_adcheck_failed_all_points_of_all_assignments_wait() -> None:
    hand_in = HandIn(Student("ada", "Ada"), ("a.py", "b.py"))
    report = unreported(BOTH, hand_in, "the process died").report
    known = [load_assignment(name) for name in BOTH.assignments]
    assert [i.item for i in report.items] == [i for a in known for i in a.items]
    assert {item.status for item in report.items} == {Status.ERROR}
    assert (report.score, report.pending) == (0, report.max_score)
    assert report.path == "a.py, b.py"


def test_materials_that_cannot_be_gathered_cost_no_grade(tmp_path: Path) -> None:
    items = [item for item in load_assignment("hvp").items if item.graded.value == "manual"]
    with mock.patch.object(reader, "materials", side_effect=GraderError("it broke")):
        found = jobs._materials(tmp_path / "hw.py", items)
    [(item, (piece,))] = found.items()
    assert item == items[0].id
    assert "it broke" in piece.content


# --------------------------------------------------------------------------- with real workers


@pytest.mark.slow
def test_two_files_are_each_graded_for_their_own_assignment(tmp_path: Path) -> None:
    hvp, step = content("partial/hvp_and_loss.ipynb"), content("partial/only_step_size.py")
    found = result(job(tmp_path, BOTH, hw__ipynb=hvp, steps__py=step)).report
    alone = {
        "hvp": grade(SUBMISSIONS / "partial/hvp_and_loss.ipynb", assignments=["hvp"]),
        "step_size": grade(SUBMISSIONS / "partial/only_step_size.py", assignments=["step_size"]),
    }
    assert [assignment.slug for assignment in found.assignments] == ["hvp", "step_size"]
    assert points(found) == points(alone["hvp"]) | points(alone["step_size"])
    assert found.path == "hw.ipynb, steps.py"
    assert found.isolation == alone["hvp"].isolation
    told = codes(found)
    assert told["taken hw.ipynb"] == "It was graded for hvp."
    assert told["taken steps.py"] == "It was graded for step_size."


@pytest.mark.slow
def test_both_in_one_zip_are_graded_as_if_they_had_been_handed_in_alone(tmp_path: Path) -> None:
    hvp, step = content("partial/hvp_and_loss.ipynb"), content("partial/only_step_size.py")
    (tmp_path / "files").mkdir()
    (tmp_path / "zip").mkdir()
    files = result(job(tmp_path / "files", BOTH, hw__ipynb=hvp, steps__py=step))
    inner = zipped({"hw/hw.ipynb": hvp, "hw/steps.py": step, "hw/plot.png": b"x"})
    found = result(job(tmp_path / "zip", BOTH, hw__zip=inner))
    assert points(found.report) == points(files.report)
    assert found.report.path == "hw.zip/hw/hw.ipynb, hw.zip/hw/steps.py"
    assert found.materials.keys() == files.materials.keys()


@pytest.mark.slow
def test_a_function_in_another_file_of_the_same_homework_is_told(tmp_path: Path) -> None:
    most = content(FEW).decode()
    only = "def naive_hvp(hessian, vector):\n    return hessian @ vector\n"
    without = most.replace("def naive_hvp", "def naive_hvp_of_mine")
    found = result(job(tmp_path, HVP, a__py=without, b__py=only)).report
    assert found.path == "a.py"
    assert points(found)["hvp.naive_hvp"] == 0
    assert "It defines naive_hvp, but a.py was graded for hvp" in codes(found)["elsewhere b.py"]


@pytest.mark.slow
def test_the_file_that_answers_most_is_graded_though_another_one_comes_first(
    tmp_path: Path,
) -> None:
    notes = b"x = 1\n"
    found = result(job(tmp_path, HVP, a__py=notes, b__py=content(FEW)))
    assert found.report.path == "b.py"
    assert codes(found.report)["taken a.py"] == "It was graded for nothing."
    assert any("def naive_hvp" in program for program in found.programs)


@pytest.mark.slow
def test_a_zip_that_cannot_be_read_loses_its_points_with_a_reason(tmp_path: Path) -> None:
    found = result(job(tmp_path, HVP, hw__zip=content("broken/not_a_zip.zip"))).report
    assert found.score == 0
    assert [problem.code for problem in found.problems] == ["unreadable"]


@pytest.mark.slow
def test_what_is_sent_to_another_machine_earns_the_same_there(tmp_path: Path) -> None:
    own = tmp_path / "assignments" / "hvp"
    own.parent.mkdir()
    shutil.copytree(ASSIGNMENT, own)
    (tmp_path / "files").mkdir()
    settings = replace(HVP, assignments=(str(own),))
    here = job(tmp_path / "files", settings, hw__py=content(FEW))
    wanted = result(here).report
    sent = packed(here)
    shutil.rmtree(tmp_path / "files")
    shutil.rmtree(own)
    there = [result(sent).report for _ in range(2)]
    assert [points(report) for report in there] == [points(wanted)] * 2
    assert jobs._unpacked.cache_info().misses == 1
