"""What the README shows is what happens."""

import base64
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from adcheck.assignment import load_assignment
from adcheck.cli import cli
from tests.benchmarks import speed
from tests.readme_commands import README, block

ROOT = README.parent
VOLATILE = re.compile(r"^Isolation: .*? s\.$", re.MULTILINE | re.DOTALL)
"""The last lines: what the machine can confine, versions, and how long it took."""


SECONDS = re.compile(r'(time="|"duration": |"seconds": |skipped in )[\d.]+')
"""How long something took, in any format."""

SHOWN = ("github", "junit", "gradescope", "classroom", "markdown", "json")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the first command prints, in each format that the README shows."""
    folder = tmp_path_factory.mktemp("printed")
    command = re.search(r"^\$ adcheck (.*)$", README.read_text("utf-8"), re.MULTILINE)
    assert command
    formats = [f"--format={name}={folder / name}" for name in SHOWN]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.delenv("GITHUB_WORKSPACE", raising=False)
        patch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        result = CliRunner().invoke(cli, [*command[1].split(), "--format", "table", *formats])
    assert result.exit_code == 1
    found = {"table": result.stdout}
    found |= {name: (folder / name).read_text("utf-8") for name in SHOWN}
    tests = json.loads(base64.b64decode(found["classroom"]))["tests"]
    return found | {"classroom": "\n".join(json.dumps(t, ensure_ascii=False) for t in tests)}


def test_the_table_is_the_one_that_is_printed(printed: dict[str, str]) -> None:
    assert VOLATILE.sub("", printed["table"]) == VOLATILE.sub("", block("table"))


@pytest.mark.parametrize("name", SHOWN)
def test_each_format_is_shown_as_it_is_printed(name: str, printed: dict[str, str]) -> None:
    assert comparable(block(f"format-{name}")) in comparable(printed[name])


def comparable(text: str) -> str:
    """Without indentation, since a piece is shown without what is around it, and without times."""
    return SECONDS.sub(r"\1…", "\n".join(line.strip() for line in text.strip().splitlines()))


@pytest.mark.slow
def test_pytest_prints_what_is_shown(tmp_path: Path) -> None:
    (command,) = re.findall(r"^python (-m pytest .*)$", README.read_text("utf-8"), re.MULTILINE)
    source = ROOT / "tests" / "submissions" / "wrong" / "hessian_only_diagonal.py"
    (tmp_path / "hw.py").write_bytes(source.read_bytes())
    settings = {"COLUMNS": "88", "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    # Where CI says that it is CI, pytest repeats each message whole in its summary.
    here = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")}
    done = subprocess.run(
        [sys.executable, *command.split(), "-p", "adcheck.pytest_plugin", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**here, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert comparable(done.stdout) == comparable(block("pytest")), done.stderr


def test_the_table_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (command,) = re.findall(r"^adcheck (check .* --lang uk)$", README.read_text("utf-8"), re.M)
    result = CliRunner().invoke(cli, command.split())
    assert result.exit_code == 1
    last = re.compile(r"^Ізоляція: .*? с\.$", re.MULTILINE | re.DOTALL)
    assert last.sub("", result.stdout) == last.sub("", block("table-uk"))


def test_the_first_command_grades_the_notebook_of_the_table() -> None:
    last = block("check").splitlines()[-1]
    assert last.split("adcheck ", 1)[1] in README.read_text("utf-8").split("## Try it")[0]


def test_the_second_command_runs_all_tests() -> None:
    assert block("test").splitlines()[-1] == ".venv/bin/python -m pytest -n auto"


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8")))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


def commands() -> list[str]:
    """Every line that calls adcheck, comments and redirections left out."""
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    lines = (line.removeprefix("$ ").split(" #")[0] for text in blocks for line in text.split("\n"))
    return [line for line in lines if re.match(r"(?:\.venv/bin/)?adcheck ", line)]


@pytest.mark.parametrize("command", commands())
def test_each_command_parses(command: str) -> None:
    name, *arguments = shlex.split(command)[1:]
    settings = cli.context_settings  # click keeps what a command's help is first asked for by
    context = cli.commands[name].make_context(name, arguments, resilient_parsing=True, **settings)
    parser = cli.commands[name].make_parser(context)
    parser.parse_args(args=list(arguments))  # an unknown option raises here


@pytest.mark.parametrize("slug", ["hvp", "step_size"])
def test_the_table_of_validate_is_about_these_assignments(slug: str) -> None:
    """Its measurements take minutes; what is measured is counted here."""
    table = block(f"validate-{slug.replace('_', '-')}")
    assignment = load_assignment(slug)
    assert assignment.title in table
    for id_, task in assignment.load_tasks().items():
        right, wrong = len(task.right), len({m.slug for m in task.mistakes})
        near = len(task.near_misses)
        (row,) = re.findall(rf"^{re.escape(id_)} .*$", table, re.MULTILINE)
        assert re.findall(r"(\d+/\d+)", row) == [f"{n}/{n}" for n in (right, wrong, near)]
    assert "Nothing is off. 0 false rejects of" in table
    assert "every known mistake is named." in " ".join(table.split())
    (seeds,) = re.findall(rf"`adcheck validate {slug} --seeds (\d+)`", README.read_text("utf-8"))
    assert f"Seeds 0 to {int(seeds) - 1};" in table


def test_the_table_of_times_is_what_the_benchmark_wrote() -> None:
    found = json.loads((ROOT / "tests" / "benchmarks" / "speed.json").read_text("utf-8"))
    shown = re.search(r"<!-- speed -->\n(.*)<!-- /speed -->", README.read_text("utf-8"), re.DOTALL)
    assert shown
    assert shown[1] == speed.shown(found)
