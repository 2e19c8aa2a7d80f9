"""Autograders for Gradescope, run in a folder laid out like its container."""

import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from adcheck.bundling import absent, bundle, pinned
from adcheck.cli import cli
from adcheck.errors import AssignmentError, UsageError

ROOT = Path(__file__).parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
SCHEMA: Any = json.loads(files("adcheck.report").joinpath("results.schema.json").read_text("utf-8"))


def unpacked(data: bytes, root: Path) -> Path:
    """What Gradescope makes of an autograder's zip; modes included."""
    source = root / "source"
    with zipfile.ZipFile(BytesIO(data)) as archive:
        archive.extractall(source)
        for entry in archive.infolist():
            (source / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    (root / "submission").mkdir()
    (root / "run_autograder").write_bytes((source / "run_autograder").read_bytes())
    (root / "run_autograder").chmod(0o755)
    return root


def with_this_python(root: Path) -> Path:
    """A stand-in for the virtual environment that setup.sh makes."""
    python = root / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return root


def run(root: Path, **env: str) -> Any:
    """Run the autograder as the platform does, and read its results."""
    result = subprocess.run(
        [str(root / "run_autograder")],
        cwd=root,
        env={**os.environ, "ADCHECK_AUTOGRADER": str(root), **env},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    document = json.loads((root / "results" / "results.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(document)
    return document


def hand_in(root: Path, name: str) -> None:
    path = SUBMISSIONS / name
    (root / "submission" / path.name).write_bytes(path.read_bytes())


@pytest.fixture(scope="module")
def hvp() -> bytes:
    return bundle(["hvp"], options=["--only", "hvp.naive_hvp"])


# --------------------------------------------------------------------------- what is in it


def test_the_same_bytes_every_time(hvp: bytes) -> None:
    assert bundle(["hvp"], options=["--only", "hvp.naive_hvp"]) == hvp


def test_what_is_at_the_root(hvp: bytes) -> None:
    entries = {entry.filename: entry for entry in zipfile.ZipFile(BytesIO(hvp)).infolist()}
    assert {name for name in entries if "/" not in name} == {
        *("setup.sh", "run_autograder", "grade.py", "requirements.txt", "autograder.json")
    }
    modes = {name: entries[name].external_attr >> 16 for name in entries if "/" not in name}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o100755
    assert modes["grade.py"] == 0o100644


def test_one_assignment_and_nothing_stray(hvp: bytes) -> None:
    names = zipfile.ZipFile(BytesIO(hvp)).namelist()
    assert "lib/adcheck/_data/assignments/hvp/rubric.toml" in names
    assert "lib/adcheck/_data/reference/hvp.py" in names
    assert not [n for n in names if "step_size/" in n or "__pycache__" in n or "tests/" in n]


def test_scripts_are_shell_without_gaps(hvp: bytes) -> None:
    archive = zipfile.ZipFile(BytesIO(hvp))
    for name in ("setup.sh", "run_autograder"):
        text = archive.read(name).decode()
        assert "@PYTHON@" not in text
        assert "\r" not in text
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)


def test_every_package_is_pinned() -> None:
    lines = pinned()
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))
    assert {"jax", "jaxlib", "numpy", "click", "ipython", "traitlets"} <= set(names)
    assert all(line.partition("==")[2] for line in lines)
    assert not {"adcheck", "pytest", "hypothesis"} & set(names)


def test_packages_that_students_import() -> None:
    assert any(line.startswith("pytest==") for line in pinned(["pytest"]))
    with pytest.raises(UsageError, match="no-such-package is not installed here"):
        pinned(["no-such-package"])


def test_packages_that_a_rubric_names() -> None:
    """Figures are drawn with matplotlib: without it a right answer would not be graded."""
    lines = requirements(bundle(["hvp"]))
    assert {"matplotlib", "pandas"} <= {line.partition("==")[0] for line in lines if "==" in line}
    assert not [line for line in requirements(bundle(["step_size"])) if "matplotlib==" in line]


def test_a_package_that_a_rubric_names_and_nobody_installed() -> None:
    assert "no-such-package" in pinned(wished=["no-such-package"])
    assert absent(["hvp", "step_size"]) == []


def requirements(data: bytes) -> list[str]:
    return zipfile.ZipFile(BytesIO(data)).read("requirements.txt").decode().splitlines()


def test_an_assignment_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for path in (ROOT / "assignments" / "hvp").iterdir():
        if path.is_file():
            (own / path.name).write_bytes(path.read_bytes())
    names = zipfile.ZipFile(BytesIO(bundle([str(own), "step_size"]))).namelist()
    assert "assignments/hvp/rubric.toml" in names
    assert "lib/adcheck/_data/assignments/step_size/rubric.toml" in names
    assert "lib/adcheck/_data/assignments/hvp/rubric.toml" not in names
    with pytest.raises(UsageError, match="two of the assignments are called hvp"):
        bundle([str(own), "hvp"])


def test_an_unknown_assignment() -> None:
    with pytest.raises(AssignmentError, match="did you mean hvp"):
        bundle(["hpv"])


def test_the_command_says_what_to_set(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    args = ["gradescope", "hvp", "-o", str(path), "--minutes", "20"]
    result = CliRunner().invoke(cli, args, prog_name="adcheck")
    assert result.exit_code == 0
    assert "time-out   20 minutes" in result.stdout
    settings = json.loads(zipfile.ZipFile(path).read("autograder.json"))
    assert settings["assignments"] == ["hvp"]
    assert settings["seconds"] == 1155
    assert settings["options"][:2] == ["--seed", "0"]


# --------------------------------------------------------------------------- running it


@pytest.mark.slow
def test_lost_points_are_no_failure(hvp: bytes, tmp_path: Path) -> None:
    root = with_this_python(unpacked(hvp, tmp_path))
    hand_in(root, "broken/wrong_signature_naive.py")
    document = run(root)
    tests = {test["name"].partition(":")[0]: test for test in document["tests"]}
    assert tests["hvp.naive_hvp"]["status"] == "failed"
    assert document["score"] == 0


@pytest.mark.slow
def test_our_own_failure_is_told(hvp: bytes, tmp_path: Path) -> None:
    root = with_this_python(unpacked(hvp, tmp_path))
    assert "holds no .py or .ipynb file" in run(root)["output"]
    hand_in(root, "broken/value_nan.py")
    hand_in(root, "broken/value_inf.py")
    told = run(root)["output"]
    assert "several possible submissions" in told
    assert str(root) not in told
    (root / "submission" / "value_inf.py").unlink()
    assert "took longer than the 0.5 seconds" in run(root, ADCHECK_SECONDS="0.5")["output"]


def test_without_any_python_there_are_results_still(hvp: bytes, tmp_path: Path) -> None:
    document = run(unpacked(hvp, tmp_path))
    assert "could not be started" in document["output"]


@pytest.mark.slow
def test_results_of_another_run_are_never_kept(hvp: bytes, tmp_path: Path) -> None:
    root = unpacked(hvp, tmp_path)
    (root / "results").mkdir()
    (root / "results" / "results.json").write_text('{"score": 10}')
    assert run(root)["score"] == 0


@pytest.mark.slow
def test_set_up_from_nothing(tmp_path: Path) -> None:
    root = unpacked(bundle(["hvp"], options=["--only", "hvp.naive_hvp"]), tmp_path)
    setup = subprocess.run(
        [str(root / "source" / "setup.sh")],
        env={**os.environ, "ADCHECK_AUTOGRADER": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if re.search("No matching distribution|Connection|timed out", setup.stderr):
        pytest.skip(f"no packages can be installed here: {setup.stderr[-300:]}")
    assert setup.returncode == 0, setup.stdout + setup.stderr
    hand_in(root, "right/" + sorted(p.name for p in (SUBMISSIONS / "right").glob("*.py"))[0])
    document = run(root)
    (test,) = [t for t in document["tests"] if t["name"].startswith("hvp.naive_hvp")]
    assert test["status"] == "passed", document
