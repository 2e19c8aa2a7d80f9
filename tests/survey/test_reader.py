"""Reading in a process of its own: the same as reading here, within limits, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from adcheck.assignment import available
from adcheck.errors import AmbiguousSubmissionError, SubmissionNotFoundError
from adcheck.sandbox import reading
from adcheck.sandbox.interpreter import environment
from adcheck.survey import Question, Survey, question, reader
from adcheck.survey.taking import survey

ROOT = Path(__file__).parents[2]
SUBMISSIONS = ROOT / "tests" / "submissions"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    reading.stop()


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question(assignment) for assignment in available()]


def children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "survey" in " ".join(p.cmdline())]


@pytest.mark.parametrize("path", sorted(SUBMISSIONS.glob("right/*")), ids=lambda path: path.name)
def test_it_reads_what_reading_here_reads(path: Path, questions: list[Question]) -> None:
    found = reader.read(path, questions)
    assert found == survey(str(path), questions)
    assert any(findings.anything for findings in found.findings.values())


def test_one_process_reads_many_submissions(tmp_path: Path, questions: list[Question]) -> None:
    (tmp_path / "hw.py").write_text("def hvp(f, x, v): pass\n")
    read = [reader.read(tmp_path / "hw.py", questions) for _ in range(3)]
    assert read[0] == read[1] == read[2]
    assert len(children()) == 1


def test_relative_paths_start_where_the_grader_is_now(
    tmp_path: Path, questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.py").write_text("def hvp(f, x, v):\n    return v\n")
        monkeypatch.chdir(tmp_path / name)
        assert reader.read(f"{name}.py", questions).findings["hvp"].anything


def test_threads_may_read_at_the_same_time(tmp_path: Path, questions: list[Question]) -> None:
    found: dict[int, Survey] = {}

    def look(number: int) -> None:
        path = tmp_path / f"hw{number}.py"
        path.write_text(f"x = {number}\n")
        found[number] = reader.read(path, questions)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = {number: found[number].submission.sources[0].text for number in found}
    assert texts == {number: f"x = {number}\n" for number in range(8)}


def test_what_cannot_be_read_is_told_as_reading_here_tells_it(
    tmp_path: Path, questions: list[Question]
) -> None:
    with pytest.raises(SubmissionNotFoundError, match="does not exist"):
        reader.read(tmp_path / "hw.py", questions)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    with pytest.raises(AmbiguousSubmissionError, match=r"a\.py, b\.py"):
        reader.read(tmp_path, questions)


def test_names_that_are_no_text_survive(tmp_path: Path, questions: list[Question]) -> None:
    path = tmp_path / os.fsdecode(b"hw\xff.py")
    path.write_text("x = '\N{SNOWMAN}'\n", "utf-8")
    found = reader.read(path, questions)
    assert found.submission.path == str(path)
    assert found.submission.sources[0].text == "x = '\N{SNOWMAN}'\n"


def test_a_file_named_by_a_link_finds_what_lies_beside_the_link(
    tmp_path: Path, questions: list[Question]
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "kept" / "hw.py").write_text("import helper\n")
    (tmp_path / "mine" / "helper.py").write_text("x = 1\n")
    (tmp_path / "mine" / "hw.py").symlink_to(tmp_path / "kept" / "hw.py")
    found = reader.read(tmp_path / "mine" / "hw.py", questions)
    assert found == survey(str(tmp_path / "mine" / "hw.py"), questions)
    assert [sibling.name for sibling in found.submission.siblings] == ["helper"]


def test_too_much_code_is_told(tmp_path: Path, questions: list[Question]) -> None:
    (tmp_path / "hw.py").write_text("#" + "x" * 5_000_000)
    [problem] = reader.read(tmp_path / "hw.py", questions).submission.problems
    assert (problem.code, problem.message) == (
        "too-complex",
        "hw.py was not read: it holds more than 4 MB of code. "
        "Hand in the homework alone, without data or output.",
    )


def test_reading_that_never_ends_is_ended_and_the_next_file_read(
    tmp_path: Path, questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_WALL_SECONDS", 0.5)
    (tmp_path / "slow.py").write_text("".join(f"x{i} = [x{i - 1}]\n" for i in range(1, 60_000)))
    (tmp_path / "hw.py").write_text("x = 1\n")
    reading.prepare()
    found = reader.read(tmp_path / "slow.py", questions)
    assert "longer than" in found.submission.problems[0].message
    monkeypatch.undo()
    assert reader.read(tmp_path / "hw.py", questions).submission.problems == ()


def test_a_killed_process_is_replaced(tmp_path: Path, questions: list[Question]) -> None:
    (tmp_path / "hw.py").write_text("x = 1\n")
    first = reader.read(tmp_path / "hw.py", questions)
    [process] = children()
    process.kill()
    process.wait()
    assert reader.read(tmp_path / "hw.py", questions) == first


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines")
def test_the_fork_that_reads_can_open_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "hw.py").write_text("x = 1\n")
    (tmp_path / "other.py").write_text("secret = 1\n")
    code = (
        "import os, sys\n"
        "sys.path.insert(0, '')\n"
        "from adcheck.survey import process\n"
        "from adcheck.sandbox.confine import readable\n"
        f"process._confined({str(tmp_path / 'mine' / 'hw.py')!r}, readable(), os.getppid())\n"
        f"print(open({str(tmp_path / 'mine' / 'hw.py')!r}).read())\n"
        f"for name in ({str(tmp_path / 'other.py')!r}, '/etc/passwd'):\n"
        "    try:\n"
        "        open(name)\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
        env=environment("/nonexistent"),
    )
    assert told.stdout.split() == ["x", "=", "1", "refused", "refused"]


def test_it_ends_with_the_grader(tmp_path: Path) -> None:
    code = (
        "from adcheck.sandbox import reading\n"
        "reading.prepare()\n"
        "print(reading._here.start().pid, flush=True)\n"
        "import os, signal\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.returncode == -signal.SIGKILL
    gone, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in [int(told.stdout)] if psutil.pid_exists(pid)], timeout=10
    )
    assert not alive, gone
