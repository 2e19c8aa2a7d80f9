"""`adcheck batch`, `merge` and `export` through the command line, with a grader that is quick."""

import csv
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.batch import running
from adcheck.batch.store import Store
from adcheck.cli import cli
from adcheck.errors import UsageError
from tests.batch.courses import Grader, download
from tests.pages import check
from tests.reports import HOSTILE

EVERYBODY = {
    "Ada Lovelace": {"hw.py": b"right"},
    "Bo Berg": {"hw.py": b"lost"},
    "Иван Петров": {"дз.py": b"right"},
    "No Code": {"essay.pdf": b"%PDF"},
}
BATCH = ("batch", "course.zip", "-o", "out", "-a", "hvp", "--jobs", "1")
MARKS = "student,item,points,comment,reason\n"


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> Grader:
    stand_in = Grader()
    monkeypatch.setattr(running, "local_executor", stand_in.local_executor)
    return stand_in


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADCHECK_DEBUG", raising=False)
    return hand_in()


def hand_in(students: dict[str, dict[str, bytes]] = EVERYBODY, layout: str = "moodle") -> Path:
    path = Path("course.zip")
    path.write_bytes(download(layout, students))
    return path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="adcheck")


def graded(*more: str, code: int = 0) -> Result:
    result = run(*BATCH, *more)
    assert result.exit_code == code, result.stderr
    return result


def book(path: str = "out/gradebook.csv") -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(Path(path).read_text("utf-8-sig")))
    return {row["name"]: row for row in rows}


def everything() -> dict[str, bytes]:
    return {
        str(p): p.read_bytes()
        for p in sorted(Path("out").rglob("*"))
        if p.is_file() and ".adcheck" not in p.parts
    }


# --------------------------------------------------------------------------- looking only


def test_list_prints_who_handed_in_what_and_grades_nothing(
    golden: Callable[[str, str], None], grader: Grader
) -> None:
    students = {
        **EVERYBODY,
        "Ann Both": {"hvp.ipynb": b"{}", "step_size.py": b"x"},
        "Re Submits": {"hw.py": b"1", "hw (1).py": b"2"},
        "=cmd()": {"\x1b[31mhw\t.py": b"1"},
    }
    hand_in(students, "flat")
    result = run("batch", "course.zip", "--list", "--layout", "flat")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("batch/list.txt", result.stdout)
    assert grader.graded == []
    assert os.listdir() == ["course.zip"]


# --------------------------------------------------------------------------- grading


def test_the_lines_that_are_printed(
    golden: Callable[[str, str], None], grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    grader.fails["Bo_Berg_102"] = RuntimeError(HOSTILE)
    golden("batch/lines.txt", graded("--jobs", "1", code=70).stderr)


def test_out_holds_a_grade_book_and_pages_for_students_class_and_marking(grader: Grader) -> None:
    graded()
    rows = book()
    assert list(rows) == ["Ada Lovelace", "Bo Berg", "No Code", "Иван Петров"]
    assert rows["No Code"]["score"] == "0.00"
    assert rows["No Code"]["waiting"] == "0.00"
    assert rows["Ada Lovelace"]["max_score"] == rows["No Code"]["max_score"]
    assert float(rows["Bo Berg"]["score"]) < float(rows["Ada Lovelace"]["score"])
    pages = sorted(path.name for path in Path("out/reports").iterdir())
    ids = ["Ada_Lovelace_101", "Bo_Berg_102", "Иван_Петров_103"]
    assert pages == sorted(
        [f"{i}.{s}" for i in ids for s in ("html", "json")] + ["No_Code_104.html"]
    )
    for page in ("summary.html", "review.html", *(f"reports/{i}.html" for i in ids)):
        check((Path("out") / page).read_text("utf-8"))


def test_columns_stay_where_they_are_whatever_is_decided(grader: Grader) -> None:
    grader.fails["Ada_Lovelace_101"] = RuntimeError("x")
    graded(code=70)
    header = Path("out/gradebook.csv").read_text("utf-8-sig").splitlines()[0]
    assert [c for c in header.split(",") if c.startswith("hvp.")] == [
        "hvp.get_params",
        "hvp.hessian",
        "hvp.naive_hvp",
        "hvp.hvp",
        "hvp.timing",
        "hvp.plot",
        "hvp.analysis",
    ]
    Path("m.csv").write_text(f"{MARKS}Bo_Berg_102,hvp.plot,1,,\n")
    assert run("merge", "out", "m.csv").exit_code == 0
    grader.fails.clear()
    graded("--retry")
    assert Path("out/gradebook.csv").read_text("utf-8-sig").splitlines()[0] == header


def test_the_same_command_again_grades_nobody_and_changes_nothing(grader: Grader) -> None:
    graded()
    before, grader.graded = everything(), []
    assert "3 of 3 were graded before" in graded().stderr
    assert grader.graded == []
    assert everything() == before


def test_feedback_alone_rewrites_the_pages_and_grades_nobody(grader: Grader) -> None:
    graded()
    hints = Path("out/reports/Bo_Berg_102.json").read_text()
    grader.graded = []
    graded("--feedback", "score")
    assert grader.graded == []
    assert Path("out/reports/Bo_Berg_102.json").read_text() != hints


@pytest.mark.parametrize(
    "more", [("--seed", "1"), ("--timeout", "9"), ("--isolation", "weak"), ("-a", "step_size")]
)
def test_what_decides_on_results_grades_everybody_again(
    grader: Grader, more: tuple[str, ...]
) -> None:
    graded()
    grader.graded = []
    graded(*more)
    assert len(grader.graded) == 3


def test_only_whose_files_changed_is_graded_again(grader: Grader) -> None:
    graded()
    grader.graded = []
    hand_in({**EVERYBODY, "Bo Berg": {"hw.py": b"right"}})
    graded()
    assert grader.graded == ["Bo_Berg_102"]
    assert book()["Bo Berg"]["score"] == book()["Ada Lovelace"]["score"]


def test_a_drawn_seed_stays_the_same_so_that_a_stopped_run_goes_on(grader: Grader) -> None:
    first = graded("--seed", "random").stderr
    grader.graded = []
    again = graded("--seed", "random").stderr
    assert grader.graded == []
    seeds = [line for text in (first, again) for line in text.splitlines() if "seed" in line]
    assert len(seeds) == 2
    assert len(set(seeds)) == 1


def test_ctrl_c_keeps_what_has_come_and_the_same_command_goes_on(grader: Grader) -> None:
    grader.fails["Иван_Петров_103"] = KeyboardInterrupt()
    result = run(*BATCH)
    assert result.exit_code == 130
    assert result.stderr.endswith("the same command goes on from here\nstopped\n")
    assert not Path("out/gradebook.csv").exists()
    kept = Store(Path("out"))
    assert kept.finished(kept.plan().keys["Ada_Lovelace_101"], "Ada_Lovelace_101", False)
    grader.fails, grader.graded = {}, []
    graded()
    assert grader.graded == ["Иван_Петров_103"]


def test_who_was_not_graded_yet_gets_no_zero_in_an_export(grader: Grader) -> None:
    grader.fails["Bo_Berg_102"] = KeyboardInterrupt()
    run(*BATCH)
    result = run("export", "out", "--to", "csv", "-o", "grades.csv")
    assert result.exit_code == 0
    rows = book("grades.csv")
    assert rows["Иван Петров"]["score"] == ""
    assert rows["Иван Петров"]["waiting"] == rows["Иван Петров"]["max_score"]
    assert rows["No Code"]["score"] == "0.00"


def test_a_submission_that_crashes_the_grader_costs_no_points(grader: Grader) -> None:
    grader.fails["Ada_Lovelace_101"] = RuntimeError("boom")
    result = graded(code=70)
    assert "adcheck failed on the submission of Ada Lovelace: its points wait" in result.stderr
    row = book()["Ada Lovelace"]
    assert row["waiting"] == row["max_score"]
    page = Path("out/reports/Ada_Lovelace_101.html").read_text("utf-8")
    assert "RuntimeError: boom. No points are lost by that." in page
    assert "boom" in Path("out/summary.html").read_text("utf-8")
    assert "Ada_Lovelace_101" in Path("out/review.html").read_text("utf-8")
    assert book()["Иван Петров"]["score"] != "0.00"


def test_a_fault_is_tried_again_with_retry_alone_and_told_until_it_is_gone(grader: Grader) -> None:
    grader.fails["Ada_Lovelace_101"] = RuntimeError("boom")
    graded(code=70)
    grader.fails, grader.graded = {}, []
    graded(code=70)
    assert grader.graded == []
    graded("--retry")
    assert grader.graded == ["Ada_Lovelace_101", "Bo_Berg_102"]  # Bo met a time limit


def test_an_items_fault_counts_as_a_fault_until_somebody_marks_it(grader: Grader) -> None:
    hand_in({"Ada Lovelace": {"hw.py": b"fault"}})
    graded(code=70)
    found = Store(Path("out"))
    [entry] = found.entries(found.plan())
    assert entry.report is not None
    waiting = [item.item.id for item in entry.report.items if item.status == "error"]
    Path("m.csv").write_text(MARKS + "".join(f"Ada_Lovelace_101,{i},1,,\n" for i in waiting))
    assert run("merge", "out", "m.csv").exit_code == 0
    graded()


def test_fresh_grades_everybody_and_keeps_marks(grader: Grader) -> None:
    graded()
    Path("m.csv").write_text(f"{MARKS}Ada_Lovelace_101,hvp.plot,2,,\n")
    run("merge", "out", "m.csv")
    grader.graded = []
    graded("--fresh")
    assert len(grader.graded) == 3
    assert book()["Ada Lovelace"]["hvp.plot"] == "2.00"


def test_late_submissions_are_skipped_without_a_grade(grader: Grader) -> None:
    Path("course.zip").unlink()
    with zipfile.ZipFile("course.zip", "w") as archive:
        archive.writestr("adalovelace_1_10_hw.py", "right")
        archive.writestr("boberg_LATE_2_11_hw.py", "right")
    graded()
    assert (book()["boberg"]["late"], book()["boberg"]["hvp.hvp"]) == ("late", "4.00")
    graded("--late", "skip")
    row = book()["boberg"]
    assert (row["late"], row["hvp.hvp"], row["waiting"]) == ("late", "", row["max_score"])
    assert "It was handed in late, and is not graded" in next(
        Path("out/reports").glob("boberg*.html")
    ).read_text("utf-8")


def test_two_assignments_of_one_name_are_not_taken_twice(grader: Grader) -> None:
    graded("-a", "hvp")
    assert book()["No Code"]["max_score"] == book()["Ada Lovelace"]["max_score"]


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("batch", "gone.zip", "-o", "out", "-a", "hvp"), "gone.zip cannot be used: No such file"),
        (("batch", "text.zip", "-o", "out", "-a", "hvp"), "is no readable zip file"),
        (("batch", "empty", "-o", "out", "-a", "hvp"), "holds no files"),
        (("batch", "course.zip", "-a", "hvp"), "name a folder for the results"),
        (("batch", "course.zip", "-o", "out"), "name what was to be handed in"),
        (("batch", "course.zip", "-o", "out", "-a", "hvq"), "did you mean hvp?"),
        (("batch", "course.zip", "-o", "text.zip/out", "-a", "hvp"), "cannot use the folder"),
        (("batch", "empty", "-o", "empty/out", "-a", "hvp"), "lies in empty"),
        (("batch", "empty", "-o", "empty", "-a", "hvp"), "lies in empty"),
        ((*BATCH, "--layout", "canvas"), "No file in course.zip fits the layout 'canvas'"),
        ((*BATCH, "--layout", "x(?P<student>y)"), "No file in course.zip fits"),
        ((*BATCH, "--layout", "moodl"), "lacks a group"),
        ((*BATCH, "--seed", "x"), "neither a whole number"),
        ((*BATCH, "--timeout", "0"), "no number of seconds"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    grader: Grader, args: tuple[str, ...], message: str
) -> None:
    Path("text.zip").write_text("no zip")
    Path("empty").mkdir()
    before = sorted(Path().rglob("*"))
    result = run(*args)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "adcheck-unpacked" not in result.stderr
    assert sorted(Path().rglob("*")) == before
    assert grader.graded == []


def test_a_zip_bomb_is_not_unpacked_and_the_others_are_graded(grader: Grader) -> None:
    with zipfile.ZipFile("course.zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Mal Lory_105_assignsubmission_file/hw.py", bytes(300_000_000))
    graded()
    assert len(grader.graded) == 3
    page = Path("out/reports/Mal_Lory_105.html").read_text("utf-8")
    assert "as a zip bomb does" in page


def test_the_folder_of_other_students_is_left_alone(grader: Grader) -> None:
    graded()
    before = everything()
    hand_in({"Somebody Else": {"hw.py": b"right"}})
    with zipfile.ZipFile("course.zip", "w") as archive:
        archive.writestr("Somebody Else_900_assignsubmission_file/hw.py", "right")
    assert "of 4 other students, and of none of these" in graded(code=2).stderr
    assert everything() == before


def test_the_folder_of_other_assignments_is_left_alone(grader: Grader) -> None:
    graded()
    before = everything()
    result = run("batch", "course.zip", "-o", "out", "-a", "step_size")
    assert result.exit_code == 2
    assert "holds the grades of hvp, which those of step_size would replace" in result.stderr
    assert everything() == before


def test_who_is_gone_is_told_and_only_pages_of_ours_go(grader: Grader) -> None:
    graded()
    Path("out/reports/mine.html").write_text("mine")
    students = dict(EVERYBODY)
    del students["No Code"]
    hand_in(students)
    assert "no longer among the submissions" in graded().stderr
    assert not Path("out/reports/No_Code_104.html").exists()
    assert Path("out/reports/mine.html").read_text() == "mine"


def test_what_fails_for_everybody_is_told_once(grader: Grader) -> None:
    error = UsageError("strict isolation is not possible on this machine")
    grader.fails = dict.fromkeys(["Ada_Lovelace_101", "Bo_Berg_102", "Иван_Петров_103"], error)
    result = graded(code=2)
    assert result.stderr.count("strict isolation") == 1
    assert not Path("out/gradebook.csv").exists()


def test_hostile_names_are_only_shown_escaped(grader: Grader) -> None:
    nasty = "<script>alert(1)<script> =cmd|' {{7*7}}"
    with zipfile.ZipFile("course.zip", "w") as archive:
        archive.writestr(f"{nasty}/hw.py", "right")
        archive.writestr("=1+1/hw.py", "lost")
        archive.writestr("\x1b[31mred\u202e/hw.py", "fault")
    result = graded("--layout", "flat", code=70)
    assert not {c for c in result.stderr if not c.isprintable()} - {"\n"}
    cells = [
        cell
        for row in csv.reader(io.StringIO(Path("out/gradebook.csv").read_text("utf-8-sig")))
        for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
    for page in Path("out").rglob("*.html"):
        check(page.read_text("utf-8"))
        assert "<script>alert" not in page.read_text("utf-8")


# --------------------------------------------------------------------------- merge


def test_merge_takes_all_marks_and_shows_a_changed_marks_reason(grader: Grader) -> None:
    graded()
    Path("m.csv").write_text(
        f"{MARKS}Ada_Lovelace_101,hvp.plot,3,Fine.,\nBo_Berg_102,hvp.hvp,1,,Half of it is right.\n"
    )
    result = run("merge", "out", "m.csv")
    assert result.exit_code == 0
    assert "took 2 marks" in result.stderr
    assert book()["Ada Lovelace"]["hvp.plot"] == "3.00"
    assert "Half of it is right." in Path("out/reports/Bo_Berg_102.html").read_text("utf-8")


def test_merge_tells_every_wrong_line_and_takes_nothing(grader: Grader) -> None:
    graded()
    before = everything()
    wrong = "".join(f"Nobody{n},hvp.plot,1,,\n" for n in range(40))
    Path("m.csv").write_text(
        f"{MARKS}Ada_Lovelace_101,hvp.plot,3,,\n{wrong}"
        "Ada_Lovelace_101,hvp.plat,1,,\nAda_Lovelace_101,hvp.timing,99,,\n"
        "Bo_Berg_102,hvp.hvp,1,,\n\x1b[31m,hvp.hvp,1,,\n"
    )
    result = run("merge", "out", "m.csv")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        *(f"Line {number}" for number in range(3, 47)),
        "adcheck",
    ]
    assert "nothing was taken of m.csv: 44 lines" in lines[-1]
    assert "\x1b" not in result.stderr
    assert everything() == before


def test_a_rerun_never_overwrites_a_mark_by_hand(grader: Grader) -> None:
    graded()
    Path("m.csv").write_text(f"{MARKS}Bo_Berg_102,hvp.hvp,3,,Looked at again.\n")
    run("merge", "out", "m.csv")
    hand_in({**EVERYBODY, "Bo Berg": {"hw.py": b"right"}})
    graded()
    assert book()["Bo Berg"]["hvp.hvp"] == "3.00"


@pytest.mark.parametrize("name", ["gone.csv", "latin.csv"])
def test_marks_that_cannot_be_read(grader: Grader, name: str) -> None:
    graded()
    Path("latin.csv").write_bytes(MARKS.encode() + b"\xff\xfe")
    result = run("merge", "out", name)
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


# --------------------------------------------------------------------------- export


def test_export_fills_moodles_sheet_and_packs_the_pages(grader: Grader) -> None:
    hand_in({"Ada Lovelace": {"hw.py": b"right"}, "Иван Петров": {"hw.py": b"lost"}})
    graded()
    Path("sheet.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed\n"
        "Participant 101,Ada Lovelace,a@x.org,Submitted,,20.00,Yes\n"
        "Participant 777,Somebody Else,s@x.org,Submitted,,20.00,Yes\n"
    )
    done = ("--into", "sheet.csv", "-o", "filled.csv", "--incomplete", "--feedback-zip", "p.zip")
    result = run("export", "out", "--to", "moodle", *done)
    assert result.exit_code == 0, result.stderr
    assert "graded, and not in the sheet: Иван Петров" in result.stderr
    assert "in the sheet, and not graded: Somebody Else" in result.stderr
    assert "1 of 2 grades were written" in result.stderr
    filled = list(csv.DictReader(io.StringIO(Path("filled.csv").read_text("utf-8-sig"))))
    assert [row["Grade"] for row in filled] == [book()["Ada Lovelace"]["score"], ""]
    with zipfile.ZipFile("p.zip") as archive:
        assert len(archive.namelist()) == 2


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--to", "moodle"), "give it as --into"),
        (("--to", "moodle", "--into", "other.csv"), ""),
        (("--to", "csv", "--into", "other.csv"), "does not go with"),
        (("--to", "csv", "--feedback-zip", "p.zip"), "is for Moodle and Canvas"),
        (("--to", "csv", "-o", "gone/x.csv"), "there is no folder"),
        (("--to", "moodle", "--into", "gone.csv"), "cannot be read"),
    ],
)
def test_an_export_that_cannot_be_writes_nothing(
    grader: Grader, more: tuple[str, ...], message: str
) -> None:
    graded()
    Path("other.csv").write_text("a,b\n1,2\n")
    before = sorted(Path().rglob("*"))
    result = run("export", "out", *more)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert sorted(Path().rglob("*")) == before


def test_pages_that_have_no_place_in_an_lms_leave_the_sheet_unwritten(grader: Grader) -> None:
    hand_in(EVERYBODY, "flat")
    graded()
    Path("sheet.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        "Participant 101,Ada Lovelace,a@x.org,Submitted,,20.00\n"
    )
    done = ("--into", "sheet.csv", "-o", "filled.csv", "--incomplete", "--feedback-zip", "p.zip")
    result = run("export", "out", "--to", "moodle", *done)
    assert result.exit_code == 2
    assert not Path("filled.csv").exists()


@pytest.mark.parametrize("command", [("export", "x", "--to", "csv"), ("merge", "x", "course.zip")])
def test_a_folder_that_holds_no_course(command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 2
    assert "holds no graded course" in result.stderr
