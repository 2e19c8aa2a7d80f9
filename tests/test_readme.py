"""What the README shows is what happens."""

import re
import shlex

import pytest
from click.testing import CliRunner

from adcheck.assignment import load_assignment
from adcheck.cli import cli
from tests.readme_commands import README, block

ROOT = README.parent
VOLATILE = re.compile(r"^Isolation: .*? s\.$", re.MULTILINE | re.DOTALL)
"""The last lines: what the machine can confine, versions, and how long it took."""


def test_the_table_is_the_one_that_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command = re.search(r"^\$ adcheck (.*)$", README.read_text("utf-8"), re.MULTILINE)
    assert command
    result = CliRunner().invoke(cli, command[1].split())
    assert result.exit_code == 1
    assert VOLATILE.sub("", result.stdout) == VOLATILE.sub("", block("table"))


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
