"""``check --repro``, ``--feedback``, ``--case`` and ``repro``, as a student types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adcheck.cli import cli

pytestmark = pytest.mark.slow

WRONG = "import jax.numpy as jnp\n\ndef naive_hvp(hessian, vector):\n    return hessian * vector\n"
RIGHT = WRONG.replace("*", "@")


def adcheck(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture(name="homework")
def _homework(tmp_path: Path) -> Path:
    path = tmp_path / "hw.py"
    path.write_text(WRONG, "utf-8")
    return path


def item(result: Result) -> dict[str, Any]:
    report = json.loads(result.stdout)
    (found,) = [i for i in report["assignments"][0]["items"] if i["id"] == "hvp.naive_hvp"]
    return dict(found)


def ran(snippet: str, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What is pasted, below the student's code, in a Python of its own."""
    path = folder / "pasted.py"
    path.write_text(code + "\n" + snippet, "utf-8")
    return subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=False, cwd=folder
    )


def test_a_report_gives_a_snippet_that_fails_with_the_homework(
    homework: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    graded = adcheck("check", homework, "--only", "naive_hvp", "--format", "json", "-o", report)
    assert graded.exit_code == 1
    result = adcheck("repro", report, "hvp.naive_hvp")
    assert result.exit_code == 0
    assert "adcheck" not in result.stdout
    failed = ran(result.stdout, WRONG, tmp_path)
    assert failed.returncode == 1
    assert "AssertionError: the shape is wrong" in failed.stderr
    assert ran(result.stdout, RIGHT, tmp_path).stdout.endswith("right\n")


def test_repro_writes_a_file_for_each_failure(homework: Path, tmp_path: Path) -> None:
    folder = tmp_path / "failures"
    result = adcheck("check", homework, "--only", "naive_hvp", "--repro", folder)
    assert result.exit_code == 1
    assert [path.name for path in folder.iterdir()] == ["hvp_naive_hvp.py"]
    snippet = (folder / "hvp_naive_hvp.py").read_text("utf-8")
    assert ran(snippet, RIGHT, tmp_path).returncode == 0


def test_each_level_of_feedback_tells_more(homework: Path) -> None:
    told = {
        level: item(
            adcheck("check", homework, "--only", "naive_hvp", "--feedback", level,
                    "--format", "json")
        )
        for level in ("score", "hints", "full")
    }  # fmt: skip
    assert [told[level]["points"] for level in told] == [0.0, 0.0, 0.0]
    assert told["score"]["message"] == ""
    assert told["score"]["counterexample"] is None
    assert told["hints"]["mistake"] == told["full"]["mistake"] == "elementwise-product"
    assert told["hints"]["counterexample"]["expected"] == ""
    assert "checksum" in told["hints"]["counterexample"]["snippet"]
    assert told["full"]["counterexample"]["expected"] != ""
    assert "expected = np.array(" in told["full"]["counterexample"]["snippet"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["repro", "{report}", "hvp.hvpp"], "has no item 'hvp.hvpp'; it tells of hvp.naive_hvp."),
        (["repro", "{report}", "hvp.hessian"], "hvp.hessian has no failing case in"),
        (["repro", "{homework}", "hvp.hvp"], "is no report"),
        (["repro", "nowhere.json", "hvp.hvp"], "cannot be read"),
        (["check", "{homework}", "--case", "1"], "name it with --only"),
        (["check", "{homework}", "--only", "naive_hvp", "--case", "9"], "has no case 9"),
        (["check", "{homework}", "--feedback", "some"], "'some' is not one of"),
    ],
    ids=["unknown-item", "nothing-failed", "no-report", "no-file", "no-item", "no-case", "level"],
)
def test_wrong_usage_is_one_sentence(
    arguments: list[str], sentence: str, homework: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    if "{report}" in arguments:
        adcheck("check", homework, "--only", "naive_hvp", "--format", "json", "-o", report)
    result = adcheck(*[a.format(report=report, homework=homework) for a in arguments])
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_a_case_is_run_alone(homework: Path) -> None:
    result = adcheck("check", homework, "--only", "naive_hvp", "--case", "1", "--format", "json")
    assert item(result)["cases"] == {"passed": 0, "total": 1}
    assert item(result)["counterexample"]["case"] == 1
