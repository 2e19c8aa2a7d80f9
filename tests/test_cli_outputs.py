"""`adcheck check`: formats that go to files, what a CI job is told, and its exit code."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adcheck.cli import cli
from adcheck.commands.outputs import SUMMARY_BYTES, Goal
from adcheck.feedback import told
from adcheck.model import Feedback, Report
from adcheck.report import FORMATS, render
from adcheck.report.md import render_markdown
from tests.reports import SAMPLES, hostile, lost, our_fault, right


@pytest.fixture(autouse=True)
def graded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Report]:
    """What every `check` in this file finds, under the name ``report``."""
    found = {"report": lost()}
    module = ModuleType("adcheck.grading")
    module.__dict__["grade"] = lambda path, **options: found["report"]
    monkeypatch.setitem(sys.modules, "adcheck.grading", module)
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return found


def check(*args: str) -> Result:
    return CliRunner().invoke(cli, ["check", "hw.py", *args], prog_name="adcheck")


def hinted(report: Report) -> Report:
    return told(report, Feedback.HINTS)


@pytest.mark.parametrize("format_", [f for f in FORMATS if f != "github"])
@pytest.mark.parametrize("name", SAMPLES)
def test_printed_and_written_alike(format_: Any, name: str, graded: dict[str, Report]) -> None:
    graded["report"] = SAMPLES[name]()
    expected = render(hinted(graded["report"]), format_)
    assert check("--format", format_).stdout_bytes.decode() == expected
    assert check("--format", f"{format_}=out").stdout == ""
    assert Path("out").read_text("utf-8") == expected


def test_several_at_once() -> None:
    result = check("--format", "table", "--format", "junit=r.xml", "--format", "json=r.json")
    assert result.stdout == render(hinted(lost()), "table")
    assert result.stderr == "wrote r.xml\nwrote r.json\n"
    assert Path("r.xml").read_text() == render(hinted(lost()), "junit")
    assert json.loads(Path("r.json").read_text())["score"] == 4
    assert result.exit_code == 1


def test_a_file_name_may_hold_an_equals_sign() -> None:
    assert check("--format", "json=a=b.json").exit_code == 1
    assert Path("a=b.json").is_file()


@pytest.mark.parametrize(
    ("goal", "code"),
    [("4", 0), ("4.01", 1), ("40%", 0), ("41%", 1), ("0", 0), ("100%", 1)],
)
def test_a_goal(goal: str, code: int) -> None:
    assert check("--min-score", goal).exit_code == code


def test_a_job_need_not_fail_for_lost_points(graded: dict[str, Report]) -> None:
    assert check("--exit-zero").exit_code == 0
    graded["report"] = right()
    assert check("--min-score", "100%").exit_code == 0


def test_a_fault_of_ours_is_never_a_success(graded: dict[str, Report]) -> None:
    graded["report"] = our_fault()
    assert check("--exit-zero").exit_code == 70
    assert check("--min-score", "0").exit_code == 70


def test_a_goal_allows_for_rounding() -> None:
    assert Goal(100 * 0.4000000000001, percent=True).exit_code(lost()) == 0


# --------------------------------------------------------------------------- GitHub


def test_the_summary_is_appended(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    check("--format", "github")
    assert Path("summary.md").read_text() == "before\n" + render(hinted(lost()), "markdown")
    check("--format", "table")
    assert Path("summary.md").read_text().count("## `hw.ipynb`") == 1


def test_a_summary_never_outgrows_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    report = hinted(lost())
    room = len(render(report, "markdown").encode()) - 1
    Path("summary.md").write_bytes(b"x" * (SUMMARY_BYTES - room))
    check("--format", "github")
    text = Path("summary.md").read_text().lstrip("x")
    assert "there is no room for it here" in text
    assert "| **Total** | **4 / 22** | | |" in text
    assert Path("summary.md").stat().st_size <= SUMMARY_BYTES
    Path("summary.md").write_bytes(b"x" * SUMMARY_BYTES)
    check("--format", "github")
    assert Path("summary.md").stat().st_size == SUMMARY_BYTES


def test_a_report_fits_into_a_summary() -> None:
    assert render_markdown(hostile(), most=SUMMARY_BYTES) == render_markdown(hostile())


def test_a_summary_that_cannot_be_written_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/summary.md")
    result = check("--format", "github")
    assert result.exit_code == 1
    assert "the job's summary was not written: No such file" in result.stderr


def test_annotations_name_files_from_the_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "week 3"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert "::error file=week 3/hw.ipynb,title=" in check("--format", "github").stdout
