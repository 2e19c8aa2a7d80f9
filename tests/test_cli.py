import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import adcheck
from adcheck.cli import cli
from adcheck.errors import GraderError, SubmissionNotFoundError, UsageError
from adcheck.feedback import told
from adcheck.model import Feedback, Program, Report, Source
from adcheck.report import render
from adcheck.sandbox.isolation import CHOICES
from tests.reports import SAMPLES, hostile, lost, our_fault, right

ROOT = Path(__file__).parent.parent


def hinted(report: Report) -> Report:
    """What the command line shows of a report, unless it is asked for more or less."""
    return told(report, Feedback.HINTS)


@dataclass
class Grader:
    """Stands in for `adcheck.grading`: gives a prepared report and notes what it was asked."""

    report: Report = field(default_factory=right)
    error: BaseException | None = None
    asked: dict[str, Any] = field(default_factory=dict)

    def grade(self, path: str, **options: Any) -> Report:
        self.asked = {"path": path, **options}
        if self.error is not None:
            raise self.error
        if options["progress"] is not None:
            options["progress"]("hvp.hessian")
        return self.report

    def program_of(self, path: str, assignments: Sequence[str] | None) -> Program:
        self.asked = {"path": path, "assignments": assignments}
        cell = Source("cell 7", "\n\nimport jax\n\n\n\ndef hvp(f, x, v):\n\treturn '\x1b[31m'\n")
        return Program(sources=(Source("cell 2", "\n\n"), cell), dropped=3)


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> Grader:
    stand_in = Grader()
    module = ModuleType("adcheck.grading")
    module.__dict__.update(grade=stand_in.grade, program_of=stand_in.program_of)
    monkeypatch.setitem(sys.modules, "adcheck.grading", module)
    return stand_in


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADCHECK_DEBUG", raising=False)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="adcheck")


def python(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env},
        timeout=120,
    )


# --------------------------------------------------------------------------- help and usage


@pytest.mark.parametrize("command", ["", *cli.commands])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(command: str, flag: str, golden: Callable[[str, str], None]) -> None:
    result = run(*command.split(), flag)
    assert (result.exit_code, result.stderr) == (0, "")
    golden(f"help/{command or 'adcheck'}.txt", result.stdout)


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_shows_examples_that_parse(name: str) -> None:
    command = cli.commands[name]
    assert command.help is not None
    examples = [line.strip() for line in command.help.splitlines() if "  adcheck " in line]
    assert examples
    for example in examples:
        words = shlex.split(example.partition(" > ")[0])
        assert words[:2] == ["adcheck", name]
        context = command.make_context(name, words[2:], resilient_parsing=True)
        assert isinstance(context, click.Context)


@pytest.mark.parametrize("name", cli.commands)
def test_summaries_fit_on_one_line(name: str) -> None:
    assert "..." not in cli.commands[name].get_short_help_str()


SLOW = ("jax", "numpy", "rich", "nbformat", "IPython", "matplotlib", "psutil")


def slow_imports(*args: str, code: int = 0) -> tuple[str, str]:
    """What a command prints, and which of `SLOW` it imported; `code` is its exit code."""
    script = (
        "import sys, adcheck.cli\n"
        f"try: adcheck.cli.cli({list(args)!r})\n"
        f"except SystemExit as e: assert (e.code or 0) == {code}\n"
        f"sys.stderr.write(' '.join(sorted(set({SLOW!r}) & set(sys.modules))))"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("args", [["--help"], ["check", "--help"], ["--version"], ["version"]])
def test_help_imports_nothing_slow(args: list[str]) -> None:
    assert slow_imports(*args)[1] == ""


def test_a_syntax_error_is_told_before_anything_slow_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text("def hvp(f, params, vector:\n")
    printed, imported = slow_imports("check", str(path), "--format", "json", code=1)
    assert imported == ""
    assert json.loads(printed)["problems"][0]["code"] == "syntax-error"


def test_listing_and_showing_import_no_jax() -> None:
    code = (
        "import sys, adcheck.cli\n"
        "for args in (['list'], ['show', 'hvp'], ['start', 'hvp', 'here']):\n"
        "    adcheck.cli.cli(args, standalone_mode=False)\n"
        "assert 'jax' not in sys.modules"
    )
    done = python("-c", code)
    assert (done.returncode, done.stderr) == (0, "")


def test_version() -> None:
    assert run("--version").stdout == f"adcheck {adcheck.__version__}\n"
    lines = run("version").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["adcheck", "python", "jax", "jaxlib", "numpy"]


def test_as_a_module() -> None:
    done = python("-m", "adcheck", "--version")
    assert (done.returncode, done.stdout) == (0, f"adcheck {adcheck.__version__}\n")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["chekc", "hw.py"], "No such command 'chekc'. Did you mean 'check'?"),
        (
            ["check", "hw.py", "--isolatio", "1"],
            "No such option '--isolatio'. Did you mean '--isolation'?",
        ),
        (["check"], "Missing argument 'PATH'."),
        (["check", "hw.py", "--seed", "soon"], "'soon' is neither a whole number nor 'random'."),
        (["check", "hw.py", "--seed", "-1"], "-1 is not between 0 and"),
        (["check", "hw.py", "--timeout", "nan"], "'nan' is no number of seconds above 0."),
        (["check", "hw.py", "--timeout", "0"], "'0' is no number of seconds above 0."),
        (
            ["check", "hw.py", "--format", "xml"],
            "'xml' is not one of 'table', 'json',",
        ),
        (["check", "hw.py", "--format", "junit="], "'junit=' names no file after the equals sign."),
        (["check", "hw.py", "--format", "junit=no/such/r.xml"], "there is no folder no/such"),
        (
            ["check", "hw.py", "--format", "json", "--format", "table"],
            "json and table cannot both be printed; give one a file, as in --format table=FILE.",
        ),
        (
            ["check", "hw.py", "--format", "json=r.json", "-o", "r.json"],
            "-o goes with one format; write --format FORMAT=FILE instead.",
        ),
        (["check", "hw.py", "--min-score", "most"], "'most' is neither points, as in 8, nor a"),
        (["check", "hw.py", "--min-score", "1", "--exit-zero"], "exclude each other"),
        (["check", "hw.py", "--watch", "--min-score", "1"], "--watch ends by Ctrl-C alone"),
        (["check", "hw.py", "--watch", "--source"], "--watch ends by Ctrl-C alone"),
        (["check", "hw.py", "--only", "hvp.hesian"], "no item 'hvp.hesian'; did you mean 'hvp.hes"),
        (["check", "hw.py", "--only", "zzz"], "there is no item 'zzz'; items: hvp.get_params,"),
        (["check", "hw.py", "-a", "step_size", "--only", "hvp.hvp"], "there is no item 'hvp.hvp'"),
        (["check", "hw.py", "--only", "hvp.hvp", "-a", "hpv"], "hvp"),
        (["check", "hw.py", "-o", "no/such/report.json"], "there is no folder no/such"),
        (["check", "hw.py", "-o", "."], "it is a folder; name a file in it"),
        (["show", "hpv"], "hvp"),
        (["start", "hpv"], "hvp"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(args: list[str], sentence: str, grader: Grader) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert grader.asked == {}


# --------------------------------------------------------------------------- check


@pytest.mark.parametrize("name", SAMPLES)
def test_the_table_and_the_exit_code_are_the_reports(name: str, grader: Grader) -> None:
    grader.report = SAMPLES[name]()
    result = run("check", "hw.py")
    assert result.stdout == render(hinted(grader.report), "table")
    assert result.stderr == ""
    assert result.exit_code == grader.report.exit_code


@pytest.mark.parametrize(("build", "code"), [(right, 0), (lost, 1), (our_fault, 70)])
def test_exit_codes(build: Callable[[], Report], code: int, grader: Grader) -> None:
    grader.report = build()
    assert run("check", "hw.py", "--format", "json").exit_code == code


def test_what_is_asked_by_default(grader: Grader) -> None:
    run("check", "hw.py")
    assert grader.asked == {
        "path": "hw.py",
        "assignments": None,
        "seed": 0,
        "only": (),
        "timeout": None,
        "case": None,
        "isolation": "auto",
        "progress": None,
        "memory": None,
    }


def test_what_is_asked_with_every_option(grader: Grader) -> None:
    run("check", "hw.py", "-a", "hvp", "-a", "step_size", "--seed", "7", "--timeout", "2.5")
    assert grader.asked["assignments"] == ("hvp", "step_size")
    assert (grader.asked["seed"], grader.asked["timeout"]) == (7, 2.5)


@pytest.mark.parametrize("level", ["auto", "strict", "weak", "none"])
def test_how_it_is_confined(level: str, grader: Grader) -> None:
    assert run("check", "hw.py", "--isolation", level).exit_code == 0
    assert grader.asked["isolation"] == level


def test_confinement_that_is_not_possible_is_wrong_usage(grader: Grader) -> None:
    grader.error = UsageError("strict isolation is not possible on this machine: landlock is off")
    result = run("check", "hw.py", "--isolation", "strict")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "adcheck: error: strict isolation is not possible" in result.stderr


def test_the_choices_are_those_of_the_sandbox() -> None:
    (option,) = [p for p in cli.commands["check"].params if p.name == "isolation"]
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == CHOICES


@pytest.mark.parametrize(
    ("only", "ids", "slugs"),
    [
        (["hvp.hessian"], ("hvp.hessian",), ("hvp",)),
        (["calculate_hessian"], ("hvp.hessian",), ("hvp",)),
        (["gd_loss", "hvp", "hvp.hvp"], ("step_size.gd_loss", "hvp.hvp"), ("hvp", "step_size")),
    ],
    ids=["by id", "by function", "several"],
)
def test_only(only: list[str], ids: tuple[str], slugs: tuple[str], grader: Grader) -> None:
    result = run("check", "hw.py", *(word for name in only for word in ("--only", name)))
    assert result.exit_code == 0
    assert (grader.asked["only"], grader.asked["assignments"]) == (ids, slugs)


def test_a_random_seed_is_drawn(grader: Grader) -> None:
    seeds = set()
    for _ in range(3):
        run("check", "hw.py", "--seed", "random")
        seeds.add(grader.asked["seed"])
    assert len(seeds) == 3


@pytest.mark.parametrize("format_", ["table", "json"])
def test_into_a_file(format_: Any, grader: Grader, tmp_path: Path) -> None:
    grader.report = hostile()
    result = run("check", "hw.py", "--format", format_, "-o", "out.txt")
    assert (result.stdout, result.stderr) == ("", "wrote out.txt\n")
    assert result.exit_code == 1
    assert Path("out.txt").read_text("utf-8") == render(hinted(hostile()), format_)
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_a_dash_is_stdout(grader: Grader) -> None:
    assert json.loads(run("check", "hw.py", "--format", "json", "-o", "-").stdout)["score"] == 10


def test_a_device_is_written_to_and_not_replaced(grader: Grader) -> None:
    assert run("check", "hw.py", "-o", os.devnull).exit_code == 0
    assert not Path(os.devnull).is_file()


def test_a_file_that_cannot_be_written_keeps_what_it_held(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("out.txt").write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = run("check", "hw.py", "-o", "out.txt")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
    assert "No space left on device" in result.stderr
    assert Path("out.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_source_prints_what_would_be_run_and_grades_nothing(grader: Grader) -> None:
    result = run("check", "hw.py", "--source", "-a", "hvp")
    assert result.exit_code == 0
    assert grader.asked == {"path": "hw.py", "assignments": ("hvp",)}
    assert result.stdout == (
        "# --- cell 7\n"
        "3  import jax\n"
        "\n"
        "7  def hvp(f, x, v):\n"
        "8      return '\\x1b[31m'\n"
        "\n"
        "# Top-level statements left out: 3.\n"
    )


def test_source_is_no_command_to_a_ci(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x = [1][\n::2]  # ##[error]x\n"
    program = Program(sources=(Source("::error::x", text),), dropped=0)
    monkeypatch.setattr(sys.modules["adcheck.grading"], "program_of", lambda *_: program)
    assert run("check", "hw.py", "--source").stdout.splitlines()[:3] == [
        "# --- ::error::x",
        "1  x = [1][",
        "2  ::2]  # \\x23#[error]x",
    ]


# --------------------------------------------------------------------------- failures


def test_wrong_usage_tells_of_hostile_names_on_one_line() -> None:
    result = run("check", "hw.py", "b\n::error::\x1b[31m##[x].py")
    assert result.exit_code == 2
    last = "Error: Got unexpected extra argument (b\\n::error::\\x1b[31m\\x23#[x].py)"
    assert result.stderr.splitlines()[-1] == last


def test_an_error_of_ours_is_one_line(grader: Grader) -> None:
    grader.error = SubmissionNotFoundError("there is no file \x1b[31mhw.py\nhere")
    result = run("check", "hw.py")
    assert result.stderr == "adcheck: error: there is no file \\x1b[31mhw.py\\nhere\n"
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_grader_error_is_our_fault(grader: Grader) -> None:
    grader.error = GraderError("the worker cannot be started.")
    assert run("check", "hw.py").exit_code == 70


@pytest.mark.parametrize("error", [ZeroDivisionError("1/0"), BrokenPipeError(32, "worker")])
def test_what_nobody_expected(error: Exception, grader: Grader) -> None:
    grader.error = error
    result = run("check", "hw.py")
    assert result.exit_code == 70
    assert result.stderr.startswith(f"adcheck failed: {type(error).__name__}: ")
    assert "no points are lost" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_traceback_is_there_for_who_asks(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADCHECK_DEBUG", "1")
    grader.error = ZeroDivisionError("1/0")
    assert "Traceback (most recent call last)" in run("check", "hw.py").stderr


def test_an_interrupt(grader: Grader) -> None:
    grader.error = KeyboardInterrupt()
    result = run("check", "hw.py")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "stopped\n")


# --------------------------------------------------------------------------- screens and pipes

STAND_IN = """
import sys, types
from tests.reports import lost, hostile
module = types.ModuleType("adcheck.grading")
module.grade = lambda path, **options: hostile() if path == "hostile" else lost()
sys.modules["adcheck.grading"] = module
from adcheck.__main__ import main
main()
"""


def test_a_reader_that_stops_reading_is_no_error() -> None:
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(STAND_IN)} check hw.py"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1251", "latin-1"])
def test_an_old_encoding_gets_a_plain_table(encoding: str) -> None:
    done = python("-c", STAND_IN, "check", "hw.py", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == render(hinted(lost()), "table", unicode=False)


def test_json_is_utf8_whatever_the_encoding() -> None:
    done = python("-c", STAND_IN, "check", "hostile", "--format", "json", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (1, render(hinted(hostile()), "json"))


pty = pytest.importorskip("pty", reason="needs a terminal to talk to")


def on_a_terminal(*args: str, columns: int = 80, env: Mapping[str, str] | None = None) -> str:
    """What a person sees on a terminal of a given width, stdout and stderr together."""
    import fcntl
    import struct
    import termios

    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environ = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    environ |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
    with subprocess.Popen(
        [sys.executable, *args], stdin=its, stdout=its, stderr=its, env={**environ, **(env or {})}
    ) as child:
        os.close(its)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:  # Linux says so when the other end closes
            pass
        os.close(ours)
        child.wait(60)
    return seen.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_its_own_width() -> None:
    seen = on_a_terminal("-c", STAND_IN, "check", "hw.py", columns=60)
    assert render(hinted(lost()), "table", width=60, color=True) in seen


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_a_terminal_without_colour(env: dict[str, str]) -> None:
    seen = on_a_terminal("-c", STAND_IN, "check", "hw.py", env=env)
    assert render(hinted(lost()), "table", width=80) in seen


def test_a_very_wide_terminal_is_not_filled() -> None:
    seen = on_a_terminal("-c", STAND_IN, "check", "hw.py", columns=300, env={"NO_COLOR": "1"})
    assert render(hinted(lost()), "table", width=120) in seen


def test_show_is_laid_out_on_a_terminal() -> None:
    seen = on_a_terminal("-m", "adcheck", "show", "hvp", env={"NO_COLOR": "1"})
    assert "calculate_hessian" in seen
    assert "|---|" not in seen


# --------------------------------------------------------------------------- list, show, start


def test_list() -> None:
    result = run("list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "hvp        Benchmarking the Hessian-vector product (22 points" in result.stdout
    assert "step_size  Tuning step sizes by gradient descent (15 points" in result.stdout


@pytest.mark.parametrize(("slug", "rows", "points"), [("hvp", 7, 22), ("step_size", 4, 15)])
def test_show_into_a_pipe_is_markdown(slug: str, rows: int, points: int) -> None:
    text = run("show", slug).stdout
    assert text.startswith("# ")
    assert f"\n## Rubric: {points} points\n" in text
    assert text.count(f"\n| {slug}.") == rows


@pytest.mark.parametrize("slug", ["hvp", "step_size"])
def test_start_writes_files_and_names_the_next_step(slug: str) -> None:
    result = run("start", slug)
    assert result.exit_code == 0
    for name in ("starter.py", "starter.ipynb"):
        written = Path(slug, name)
        assert written.read_bytes() == (ROOT / "assignments" / slug / name).read_bytes()
        assert f"wrote {written}\n" in result.stdout
        assert f"  adcheck check {written}\n" in result.stdout


def test_start_into_a_folder_with_a_space_quotes_it() -> None:
    assert "adcheck check 'my work/starter.py'\n" in run("start", "hvp", "my work").stdout


def test_start_never_overwrites() -> None:
    run("start", "hvp", "here")
    Path("here/starter.py").write_text("my work")
    Path("here/starter.ipynb").unlink()
    result = run("start", "hvp", "here")
    assert result.exit_code == 2
    assert "here/starter.py exists already; nothing was written" in result.stderr
    assert Path("here/starter.py").read_text() == "my work"
    assert not Path("here/starter.ipynb").exists()
    assert run("start", "hvp", "here", "--force").exit_code == 0
    assert Path("here/starter.py").read_text() != "my work"


def test_start_where_a_file_stands() -> None:
    Path("here").write_text("")
    result = run("start", "hvp", "here")
    assert result.exit_code == 2
    assert "cannot make the folder here" in result.stderr


def test_public_names_are_lazy() -> None:
    code = "import sys, adcheck; assert 'numpy' not in sys.modules; adcheck.Report; dir(adcheck)"
    assert python("-c", code).returncode == 0
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        adcheck.nothing  # noqa: B018 - the attribute is what is tested


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("adcheck ch", {"check"}),
        ("adcheck show h", {"hvp"}),
        ("adcheck check hw.py -a st", {"step_size"}),
        ("adcheck check hw.py --format ju", {"junit"}),
        ("adcheck start hvp --ci gitl", {"gitlab"}),
    ],
)
def test_the_tab_key(words: str, found: set[str]) -> None:
    count = str(len(words.split()) - 1)
    env = {"_ADCHECK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}
    result = python("-m", "adcheck", **env)
    told = {line.partition(",")[2] for line in result.stdout.splitlines() if "plain," in line}
    assert told == found
