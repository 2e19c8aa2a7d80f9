"""`adcheck start --ci`: files that a CI system takes, checked as far as it can be done here.

The published schemas of GitHub and GitLab come with `check-jsonschema`; where that is not
installed, these tests are skipped and say so. The structure is checked in any case.
"""

import json
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


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def start(*args: str) -> Result:
    return CliRunner().invoke(cli, ["start", "hvp", *args], prog_name="adcheck")


def written(system: System, source: str = "") -> Any:
    _, content = workflow(system, assignment="hvp", homework="starter.ipynb", source=source)
    assert b"@" not in content.replace(b"adcheck@v1", b"").replace(b"@v4", b"").replace(b"@v5", b"")
    return yaml.safe_load(content)


def scripts(system: System) -> str:
    document = written(system)
    if system == "github":
        return "\n".join(step.get("run", "") for step in document["jobs"]["check"]["steps"])
    return "\n".join([*document["adcheck"]["before_script"], *document["adcheck"]["script"]])


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("source", ["", SOURCE])
def test_holds_to_the_published_schema(system: System, source: str, tmp_path: Path) -> None:
    if find_spec("check_jsonschema") is None:
        pytest.skip("check-jsonschema, which brings the published schemas, is not installed")
    path = tmp_path / "ci.yml"
    args = {"assignment": "hvp", "homework": "starter.ipynb", "source": source}
    path.write_bytes(workflow(system, **args)[1])
    schema = f"vendor.{SCHEMAS[system]}"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_github_does() -> None:
    document = written("github", SOURCE)
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
    job = written("gitlab", SOURCE)["adcheck"]
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
    args = {"assignment": "hvp", "homework": "starter.ipynb"}
    assert "--lang" not in workflow(system, **args)[1].decode()
    assert (
        "--isolation strict --lang uk \\\n" in workflow(system, **args, language="uk")[1].decode()
    )


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_scripts_are_shell(system: System) -> None:
    result = subprocess.run(
        ["sh", "-n"], input=scripts(system), capture_output=True, text=True, check=False
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
