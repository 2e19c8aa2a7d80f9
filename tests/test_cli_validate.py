import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adcheck import translating
from adcheck.cli import cli
from adcheck.errors import GraderError
from adcheck.model import Validation
from adcheck.report.validation import render_validation
from tests.validations import SAMPLES, nothing, sound, unsound

ROOT = Path(__file__).parent.parent


@dataclass
class Measuring:
    """Stands in for `adcheck.validation`: gives what is prepared and notes what it was asked."""

    validation: Validation = field(default_factory=sound)
    untranslated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    error: BaseException | None = None
    asked: dict[str, Any] = field(default_factory=dict)

    def validate(self, slug: str, seeds: Sequence[int], jobs: int, progress: Any) -> Validation:
        self.asked = {"slug": slug, "seeds": seeds, "jobs": jobs, "progress": progress}
        if self.error is not None:
            raise self.error
        return self.validation


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Measuring:
    stand_in = Measuring()
    module = ModuleType("adcheck.validation")
    module.__dict__.update(validate=stand_in.validate, cores=lambda: 6)
    monkeypatch.setitem(sys.modules, "adcheck.validation", module)
    monkeypatch.setattr(translating, "untranslated", lambda assignment: stand_in.untranslated)
    return stand_in


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["validate", *args], prog_name="adcheck")


def test_what_is_asked_by_default(measuring: Measuring) -> None:
    assert run("hvp").exit_code == 0
    assert measuring.asked == {"slug": "hvp", "seeds": range(1), "jobs": 6, "progress": None}


def test_texts_without_a_translation_are_told_of(measuring: Measuring) -> None:
    measuring.untranslated = {"ru": (), "uk": ("The first\n  text.", "Another.")}
    done = run("hvp")
    assert done.exit_code == 0
    assert done.stderr == (
        "told in English where uk is asked for, for want of a translation: 2 texts, such as "
        "'The first text.'; adcheck translate hvp lists them\n"
    )


def test_what_is_asked_with_every_option(measuring: Measuring) -> None:
    assert run("some/folder", "--seeds", "30", "--jobs", "2", "--verbose").exit_code == 0
    asked = {"slug": "some/folder", "seeds": range(30), "jobs": 2, "progress": None}
    assert measuring.asked == asked


@pytest.mark.parametrize("name", SAMPLES)
def test_the_table_and_the_exit_code(name: str, measuring: Measuring) -> None:
    measuring.validation = SAMPLES[name]()
    result = run("hvp")
    assert result.stdout == render_validation(measuring.validation)
    assert result.stderr == ""
    assert result.exit_code == measuring.validation.exit_code


@pytest.mark.parametrize(("build", "code"), [(sound, 0), (unsound, 1), (nothing, 0)])
def test_exit_codes(build: Callable[[], Validation], code: int, measuring: Measuring) -> None:
    measuring.validation = build()
    assert run("hvp").exit_code == code


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_every_row(flag: str, measuring: Measuring) -> None:
    assert run("hvp", flag).stdout == render_validation(sound(), verbose=True)


def test_our_own_fault(measuring: Measuring) -> None:
    measuring.error = GraderError("a process ended")
    result = run("hvp")
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr == "adcheck: error: a process ended\n"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "Missing argument 'SLUG|FOLDER'."),
        (["hpv"], "there is no assignment 'hpv': did you mean hvp?"),
        (["hvp", "--seeds", "0"], "0 is not in the range"),
        (["hvp", "--seeds", "many"], "'many' is not a valid integer"),
        (["hvp", "--jobs", "0"], "0 is not in the range"),
        (["hvp", "--seed", "1"], "No such option '--seed'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(args: list[str], sentence: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(result.stderr.split())


def test_a_folder_without_a_rubric(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "holds no rubric.toml" in result.stderr


RUBRIC = """
slug = "own"
title = "A teacher's own"

[[items]]
id = "own.add"
title = "Add"
points = 1
graded = "auto"
names = ["add"]
"""


def test_an_assignment_of_a_teachers_own(tmp_path: Path) -> None:
    """In a program of its own: nothing is printed but the table, and JAX is not needed."""
    (tmp_path / "rubric.toml").write_text(RUBRIC, "utf-8")
    (tmp_path / "statement.md").write_text("Add.\n", "utf-8")
    tasks = "from adcheck.model import Task\ntasks = lambda: {'own.add': Task(lambda c: [])}\n"
    (tmp_path / "tasks.py").write_text(tasks, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "adcheck", "validate", str(tmp_path), "--seeds", "2", "--jobs", "2"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ 1 thing is off. 0 false rejects of 0 right answers" in done.stdout
    assert "✗ own.add: no right formulation is listed" in done.stdout


def test_help_imports_nothing_slow() -> None:
    slow = ("jax", "numpy", "rich", "psutil", "multiprocessing", "concurrent")
    code = (
        "import sys, adcheck.cli\n"
        "try: adcheck.cli.cli(['validate', '--help'])\n"
        "except SystemExit as e: assert not e.code\n"
        f"sys.stderr.write(' '.join(sorted(set({slow!r}) & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
