"""Processes that die in the middle of a course: of a submission, or because somebody kills them."""

import csv
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from adcheck.batch import running
from adcheck.cli import cli
from tests.batch import killing
from tests.batch.courses import download

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals"),
]

ROOT = Path(__file__).parents[2]
_RUN = """
import sys
sys.path.insert(0, {root!r})
from adcheck.batch import running
from adcheck.__main__ import main
from tests.batch import killing

running.grade_job = killing.grade_job
if __name__ == "__main__":
    main()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "grade_job", killing.grade_job)


def hand_in(**texts: str) -> None:
    files = {name.title(): {"hw.py": text.encode()} for name, text in texts.items()}
    Path("course.zip").write_bytes(download("flat", files))


def batch() -> Result:
    args = ["batch", "course.zip", "-o", "out", "-a", "hvp", "--jobs", "2"]
    return CliRunner().invoke(cli, args)


def apart(session: bool = True) -> subprocess.Popen[str]:
    """The same in a process of its own."""
    Path("run.py").write_text(_RUN.format(root=str(ROOT)))
    args = [
        sys.executable,
        "run.py",
        "batch",
        "course.zip",
        "-o",
        "out",
        "-a",
        "hvp",
        "--jobs",
        "2",
    ]
    return subprocess.Popen(args, stderr=subprocess.PIPE, text=True, start_new_session=session)


def book() -> dict[str, dict[str, str]]:
    text = Path("out/gradebook.csv").read_text("utf-8-sig")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text))}


def until(what: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pids() -> list[int]:
    path = Path(killing.PIDS)
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_who_makes_the_grader_die_waits_for_a_person_and_all_others_are_graded() -> None:
    hand_in(ada="right", bo="dies", cy="right", dee="lost", eve="dies", fay="right")
    result = batch()
    assert result.exit_code == 70
    assert "Bo: adcheck failed: the process that graded it died" in result.stderr
    rows = book()
    assert {n for n, row in rows.items() if row["waiting"] == row["max_score"]} == {"Bo", "Eve"}
    assert rows["Ada"]["score"] == rows["Cy"]["score"] == rows["Fay"]["score"] == "10.00"
    page = Path("out/reports/Bo.html").read_text("utf-8")
    assert "adcheck failed on this submission: the process that graded it died" in page


def test_a_killed_process_of_the_pool_costs_nobody_anything(tmp_path: Path) -> None:
    hand_in(ada="right", bo=f"waits for {tmp_path}", cy="right", dee="right")

    def kill() -> None:
        until(lambda: bool(pids()))
        os.kill(pids()[0], signal.SIGKILL)
        (tmp_path / "go").touch()

    killer = threading.Thread(target=kill)
    killer.start()
    result = batch()
    killer.join()
    assert result.exit_code == 0, result.stderr
    assert len(pids()) == 2
    assert all(float(row["score"]) > 0 for row in book().values())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_whatever_ends_the_run_leaves_nothing_behind_and_the_same_command_goes_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    hand_in(ada="right", bo=f"waits for {tmp_path}", cy="right", dee="right", eve="right")
    run = apart()
    until(lambda: bool(pids()) and (tmp_path / "out/.adcheck/results/Ada.json").exists())
    family = psutil.Process(run.pid).children(recursive=True)
    assert pids()[0] in [process.pid for process in family]
    run.send_signal(number)
    run.communicate(timeout=30)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert not Path("out/gradebook.csv").exists()
    (tmp_path / "go").touch()
    result = batch()
    assert result.exit_code == 0, result.stderr
    assert "of 5 were graded before" in result.stderr
    assert len(book()) == 5


def test_ctrl_c_ends_the_run_at_once_and_without_a_traceback(tmp_path: Path) -> None:
    hand_in(ada=f"waits for {tmp_path}", bo=f"waits for {tmp_path}", cy="right")
    run = apart()
    until(lambda: len(pids()) == 2)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal sends it: to everybody
    start = time.monotonic()
    _, told = run.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert run.returncode == 130
    assert "Traceback" not in told
    assert told.endswith("the same command goes on from here\nstopped\n")
