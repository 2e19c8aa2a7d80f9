"""Completion by the Tab key, asked for as a shell asks: what `adcheck --help` advises, in bash."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ASK = """
set -eu
compopt() { echo "option: $1 $2"; }  # which bash allows while it completes alone
complete() { :; }
source "$SCRIPT"
_adcheck_completion "$PROGRAM"
printf '%s\\n' "${COMPREPLY[@]-}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "adcheck.bash"
    path.write_bytes(asked("bash_source"))
    program = path.with_name("adcheck")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m adcheck "$@"\n')
    program.chmod(0o755)
    return path


def asked(instruction: str, **more: str) -> bytes:
    """What the program prints for a shell."""
    command = [sys.executable, "-m", "adcheck"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_ADCHECK_COMPLETE": instruction,
        **more,
    }
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def completed(script: Path, *words: str) -> list[str]:
    """What bash offers for the last of some words."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    array = " ".join(f"'{word}'" for word in words)
    text = f"COMP_WORDS=({array})\nCOMP_CWORD={len(words) - 1}\n{ASK}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PROGRAM": str(script.with_name("adcheck")),
        "SCRIPT": str(script),
    }
    done = subprocess.run(
        ["bash", "-c", text], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param(["gr"], ["gradescope"], id="command"),
        pytest.param(["check", "--form"], ["--format"], id="option"),
        pytest.param(["check", "--format", "j"], ["json", "junit"], id="format"),
        pytest.param(["start", "hvp", "--ci", "git"], ["github", "gitlab"], id="choice"),
        pytest.param(["show", "h"], ["option: -o dirnames", "hvp"], id="assignment"),
        pytest.param(
            ["check", "hw.py", "-a", ""],
            ["option: -o dirnames", "hvp", "step_size"],
            id="assignment-option",
        ),
        pytest.param(["check", "hw"], ["option: -o default", ""], id="file"),
    ],
)
def test_bash_offers(words: list[str], offered: list[str], script: Path) -> None:
    assert completed(script, "adcheck", *words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_that_it_can_read(shell: str, tmp_path: Path) -> None:
    text = asked(f"{shell}_source")
    assert b"_adcheck_completion" in text
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} to read its script")
    path = tmp_path / "script"
    path.write_bytes(text)
    subprocess.run([program, "-n", str(path)], check=True)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told_the_same(shell: str) -> None:
    words = {"COMP_WORDS": "adcheck start hvp --ci git", "COMP_CWORD": "4"}
    if shell == "fish":
        words["COMP_CWORD"] = "git"
    told = asked(f"{shell}_complete", **words).decode()
    assert "github" in told
    assert "gitlab" in told
