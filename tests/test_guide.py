"""What assignments/README.md shows is what happens."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.assignment import load_assignment
from adcheck.cli import cli
from adcheck.model import Item, Scaling, Task
from adcheck.translating import texts_of
from tests.readme_commands import block

GUIDE = Path(__file__).parent.parent / "assignments" / "README.md"
TEXT = GUIDE.read_text("utf-8")
MEASURED = re.compile(r"\b\d+(\.\d+)?e-?\d+\b|\b0\.0\d+\b|; [\d.]+ s\.$|─+| +", re.MULTILINE)
"""Sizes of rounding errors, which differ a little between machines, and what adjusts to them."""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(command: str) -> Result:
    words = shlex.split(command)
    assert words[0] == "adcheck"
    return CliRunner().invoke(cli, words[1:], prog_name="adcheck")


def commands() -> Iterator[str]:
    yield from block("start", GUIDE).splitlines()


def with_mistake(name: str) -> Result:
    """What validate says once a mistake of the guide is put where the guide says."""
    run(next(commands()))
    tasks = Path("jacobians/tasks.py")
    text = tasks.read_text("utf-8")
    opening = "MISTAKES = (\n"
    assert text.count(opening) == 1
    tasks.write_text(text.replace(opening, opening + block(name, GUIDE)), "utf-8")
    return run("adcheck validate jacobians")


@pytest.mark.slow
def test_the_first_commands_and_the_table() -> None:
    new, validate, check = commands()
    assert run(new).exit_code == 0
    result = run(validate)
    assert result.exit_code == 0
    assert MEASURED.sub(" ", result.stdout) == MEASURED.sub(" ", block("validate", GUIDE))
    assert "0 / 4" in run(check).stdout


def test_the_files_are_those_that_are_written() -> None:
    run(next(commands()))
    section = TEXT.partition("## 2.")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", section, re.M) for name in names_in(row)}
    assert told == {path.name for path in Path("jacobians").iterdir()}


@pytest.mark.parametrize(
    "snippet", re.findall(r"<!-- in (\S+) -->\n```python\n(.*?)```", TEXT, re.S)
)
def test_snippets_stand_in_the_skeleton(snippet: tuple[str, str]) -> None:
    run(next(commands()))
    name, text = snippet
    assert text in Path("jacobians", name).read_text("utf-8")


def test_the_exponents_that_are_shown_are_understood() -> None:
    run(next(commands()))
    rubric = Path("jacobians", "rubric.toml")
    essay = 'id = "jacobians.essay"\ntitle = "Essay"\npoints = 1\ngraded = "manual"'
    text = f"{rubric.read_text('utf-8')}\n[[items]]\n{essay}\n\n{block('scaling', GUIDE)}"
    rubric.write_text(text, "utf-8")
    scaling = load_assignment("jacobians").items[-1].scaling
    assert scaling == Scaling(
        ("n", "depth", "layers"), {"Hessian and product": 2, "efficient product": 1}
    )


def test_there_are_no_other_snippets() -> None:
    marked = len(re.findall(r"^<!-- .* -->\n```", TEXT, re.M))
    assert TEXT.count("\n```") == 2 * marked


def test_the_command_for_other_languages() -> None:
    run(next(commands()))
    result = run(block("translate", GUIDE).strip())
    assert {path.name for path in Path("jacobians/locale").iterdir()} == {
        *("ru.po", "ru.mo", "uk.po", "uk.mo"),
    }
    assert result.exit_code == 1  # nothing is translated yet
    assert run("adcheck translate jacobians --check").exit_code == 1


def test_the_texts_in_code_are_found() -> None:
    run(next(commands()))
    snippet = textwrap.dedent(block("translated", GUIDE))
    Path("jacobians/told.py").write_text(snippet, "utf-8")
    assert ("{count} row is wrong.", "{count} rows are wrong.") in texts_of(Path("jacobians"))


@pytest.mark.slow
def test_the_mistake_is_named() -> None:
    result = with_mistake("mistake")
    assert result.exit_code == 0
    assert "✓ 3/3" in result.stdout.partition("Nothing is off")[0]
    assert re.search(r"names it in 3 of 3", TEXT)


@pytest.mark.slow
def test_what_is_no_mistake_is_told() -> None:
    result = with_mistake("no-mistake")
    assert result.exit_code == 1
    assert block("no-mistake-told", GUIDE) in result.stdout


COLUMNS = (
    *("Right pass", "Worst error", "Mistakes named"),
    *("Closest mistake", "In float32", "Near misses fail"),
)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_explained(column: str) -> None:
    table = block("validate", GUIDE)
    assert all(word in table for word in column.split())
    assert f"\n| {column} | " in TEXT


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def rows(heading: str) -> set[str]:
    section = TEXT.partition(f"## {heading}")[2].partition("\n## ")[0]
    return {name for row in re.findall(r"^\| (`.*)$", section, re.M) for name in names_in(row)}


def test_the_rubric_is_whole() -> None:
    told = {name.removeprefix("[items.").strip("[]") for name in rows("7.")}
    assert {field.name for field in fields(Item)} <= told
    assert {"slug", "title", "summary", "version", "given", "items", "late_penalty"} <= told


def test_the_task_is_whole() -> None:
    assert {field.name for field in fields(Task)} - {"cases"} <= rows("8.")
