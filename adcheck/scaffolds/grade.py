"""Grades what lies in the folder ``submission``, and writes ``results/results.json``.

A program of its own, at the root of an autograder for Gradescope: ``grade.py FOLDER``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def main(root: Path) -> None:
    """Grade, and put into words whatever hinders it."""
    source, results = root / "source", root / "results" / "results.json"
    settings: dict[str, Any] = json.loads((source / "autograder.json").read_text("utf-8"))
    sys.path.insert(0, str(source / "lib"))
    from adcheck.language import use

    use(language_of(settings["options"]))
    command = [sys.executable, "-m", "adcheck", "check", str(root / "submission")]
    for name in settings["assignments"]:
        own = source / name
        command += ["-a", str(own) if own.is_dir() else name]
    command += [*settings["options"], "--exit-zero"]
    command += ["--format", "table", "--format", f"gradescope={results}"]
    seconds = float(os.environ.get("ADCHECK_SECONDS", settings["seconds"]))
    why = run(command, {**os.environ, "PYTHONPATH": str(source / "lib")}, seconds)
    if not results.is_file():
        from adcheck.report.gradescope import failure

        results.write_text(failure(why.replace(f"{root}/", "")), "utf-8")


def language_of(options: list[str]) -> str:
    """What the options say of the language."""
    return options[options.index("--lang") + 1] if "--lang" in options else "en"


def run(command: list[str], environment: dict[str, str], seconds: float) -> str:
    """Run a command and print what it says; returns why it failed, in one sentence."""
    from adcheck.language import tr, trn

    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        told = process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return trn(
            "Grading took longer than the {seconds} second that there is.",
            "Grading took longer than the {seconds} seconds that there are.",
            seconds,
            seconds=f"{seconds:g}",
        )
    sys.stderr.write(told)
    if process.returncode < 0:
        return tr("The grader was stopped from outside; the container may need more memory.")
    lines = told.strip().splitlines() or [tr("It ended without a word.")]
    return lines[-1].removeprefix("adcheck: error: ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
