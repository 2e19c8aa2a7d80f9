"""`adcheck new`: a teacher's own assignment, used from a folder that knows of no checkout."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.assignment import load_assignment
from adcheck.batch.dask import packed
from adcheck.batch.jobs import Job, Settings
from adcheck.cli import cli
from adcheck.scaffolds import skeleton

ROOT = Path(__file__).parent.parent
NAMES = {
    *("reference.py", "rubric.toml", "starter.ipynb", "starter.py", "statement.md", "tasks.py"),
    "test_jacobians.py",
}

RIGHT = """
import jax
import jax.numpy as jnp

def lse_gradient(a, b, x):
    return jax.grad(lambda x: jax.nn.logsumexp(a @ x + b))(x)
"""
OVERFLOWING = RIGHT.replace("jax.nn.logsumexp(a @ x + b)", "jnp.log(jnp.sum(jnp.exp(a @ x + b)))")
SOFTMAX = "import jax\n\ndef lse_gradient(a, b, x):\n    return jax.nn.softmax(a @ x + b)\n"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of a new assignment; what a worker of another test made of it is another one."""
    assert run("jacobians").exit_code == 0
    return tmp_path / "jacobians"


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["new", *args], prog_name="adcheck")


def outside(*args: str) -> subprocess.CompletedProcess[str]:
    """Runs Python as on a machine where adcheck is installed, in a folder of the teacher's."""
    return subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
    )


def adcheck(*args: str) -> subprocess.CompletedProcess[str]:
    return outside("-m", "adcheck", *args)


# --------------------------------------------------------------------------- what is written


def test_what_is_written_and_what_comes_next() -> None:
    result = run("jacobians")
    assert (result.exit_code, result.stderr) == (0, "")
    assert {path.name for path in Path("jacobians").iterdir()} == NAMES
    assert result.stdout.splitlines()[len(NAMES) + 2 :] == [
        "  adcheck validate jacobians",
        "  adcheck check jacobians/starter.py -a jacobians",
        "  adcheck gradescope jacobians",
        "",
        f"The guide to that: {ROOT / 'assignments' / 'README.md'}",
    ]
    assert load_assignment("jacobians").slug == "jacobians"


def test_no_gap_is_left() -> None:
    for name, content in skeleton("jacobians").items():
        assert b"@SLUG@" not in content, name
        assert b"jacobians" in content or name in ("reference.py", "statement.md") or "st" in name


def test_a_folder_of_another_name() -> None:
    assert "  adcheck validate 'week 4/hw'" in run("jacobians", "week 4/hw").stdout
    assert load_assignment("week 4/hw").slug == "jacobians"


def test_a_folder_named_like_an_assignment_that_is_shipped() -> None:
    """`-a hvp` would mean the other one."""
    assert "  adcheck validate ./hvp\n" in run("jacobians", "hvp").stdout


def test_nothing_is_overwritten() -> None:
    Path("jacobians").mkdir()
    Path("jacobians/tasks.py").write_text("mine")
    result = run("jacobians")
    assert result.exit_code == 2
    assert result.stderr == (
        "adcheck: error: jacobians/tasks.py exists already; nothing was written: "
        "name another folder.\n"
    )
    assert [path.name for path in Path("jacobians").iterdir()] == ["tasks.py"]
    assert Path("jacobians/tasks.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("my-hw", "not to begin with a digit, such as 'my_hw'"),
        ("week.4", "the slug 'week.4' has to be made of letters, digits and underscores"),
        ("4th", "not to begin with a digit\n"),
        ("../up", "such as 'up'"),
        ("a b", "such as 'a_b'"),
        ("", "the slug '' has to be made of"),
        ("hvp", "'hvp' is an assignment that comes with adcheck; take another name, such as 'my_h"),
    ],
)
def test_a_slug_that_is_none(slug: str, sentence: str, tmp_path: Path) -> None:
    result = run(slug)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


# --------------------------------------------------------------------------- what it is worth


@pytest.mark.slow
def test_nothing_is_off(own: Path) -> None:
    done = adcheck("validate", "jacobians", "--seeds", "10", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is off" in done.stdout


@pytest.mark.slow
def test_its_own_tests_pass(own: Path) -> None:
    done = outside("-m", "pytest", "-q", "-p", "no:cacheprovider", "jacobians")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "points", "told"),
    [
        (RIGHT, 4, ""),
        (OVERFLOWING, 3, "not finite"),
        (SOFTMAX, 0, "the derivative with respect to a x + b"),
    ],
    ids=["right", "overflowing", "softmax"],
)
def test_what_it_gives(source: str, points: float, told: str, own: Path) -> None:
    Path("hw.py").write_text(source)
    done = adcheck("check", "hw.py", "-a", "jacobians", "--format", "json")
    assert done.returncode == (0 if points == 4 else 1), done.stderr
    (item,) = json.loads(done.stdout)["assignments"][0]["items"]
    assert (item["points"], item["id"]) == (points, "jacobians.gradient")
    assert told in item["message"]
    if told:
        assert len(item["counterexample"]["inputs"]["a"]) < len("[[0.123, 0.123], [0.123, 0.123]]")


@pytest.mark.slow
def test_a_course_is_graded_with_it(own: Path) -> None:
    for student in ("ann", "bob"):
        Path("handed", student).mkdir(parents=True)
        shutil.copy("jacobians/starter.ipynb", f"handed/{student}/hw.ipynb")
    Path("handed/ann/hw.ipynb").unlink()
    Path("handed/ann/hw.py").write_text(RIGHT)
    done = adcheck("batch", "handed", "-a", "jacobians", "-o", "grades", "--isolation", "auto")
    assert done.returncode == 0, done.stderr
    rows = Path("grades/gradebook.csv").read_text("utf-8").splitlines()
    assert "jacobians.gradient" in rows[0]
    assert [row.partition(",")[0] for row in rows[1:]] == ["ann", "bob"]
    assert ",4.00,4.00," in rows[1]
    assert ",0.00,0.00," in rows[2]


def test_it_travels_to_other_machines(own: Path) -> None:
    """Though its folder is called as its slug is, as those are that are there already."""
    settings = Settings(("hvp", "jacobians"))
    job = packed(Job("ann", "jacobians", ("starter.py",), settings))
    assert set(job.assignment_files) == {"jacobians"}
    assert set(job.assignment_files["jacobians"]) == NAMES


def test_an_autograder_is_made_of_it(own: Path) -> None:
    result = CliRunner().invoke(cli, ["gradescope", "jacobians", "-o", "auto.zip"])
    assert result.exit_code == 0, result.stderr
    with zipfile.ZipFile("auto.zip") as archive:
        names = set(archive.namelist())
    assert {f"assignments/jacobians/{name}" for name in NAMES} <= names
