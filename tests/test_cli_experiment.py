import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.cli import cli

pytest.importorskip("matplotlib")

TINY = ("timing", "--ns", "2", "--runs", "2")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["experiment", *args], prog_name="adcheck")


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_timing_from_the_first_run_to_the_picture() -> None:
    first = run(*TINY)
    assert first.exit_code == 0, first.output
    assert "fixed cost" in first.stdout
    assert "wrote experiments/timing.png" in first.stderr
    assert names("experiments") == ["timing.csv", "timing.png", "timing.svg"]
    before = {path.name: path.read_bytes() for path in Path("experiments").iterdir()}

    again = run(*TINY)  # nothing is left to measure: the same files come out
    assert again.stdout == first.stdout
    assert {path.name: path.read_bytes() for path in Path("experiments").iterdir()} == before

    Path("experiments/timing.svg").unlink()
    assert run("timing", "--from", "experiments/timing.csv", "-o", "b").stdout == first.stdout
    assert Path("b/timing.svg").read_bytes() == before["timing.svg"]

    more = run("timing", "--ns", "2,3", "--runs", "2")  # goes on
    assert more.exit_code == 0
    text = Path("experiments/timing.csv").read_bytes()
    assert text.startswith(before["timing.csv"])
    assert text.count(b"\n") == before["timing.csv"].count(b"\n") + 3

    other = run("timing", "--ns", "2", "--runs", "3")
    assert other.exit_code == 2
    assert "holds another run, with runs 2 instead of 3: name another folder" in other.stderr


def test_a_budget_ends_a_run_cleanly() -> None:
    result = run(*TINY, "--budget", "1e-9")
    assert result.exit_code == 0
    assert "Nothing was measured." in result.stdout
    assert "not reached within 1e-09 s: naive scan, n = 1 and 1 after it" in result.stderr
    assert "the same command goes on" in result.stderr


def test_without_matplotlib_the_csv_and_the_table_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("differences", "--quick")
    assert result.exit_code == 2
    assert "What to see" in result.stdout
    assert "install adcheck[plot]" in result.stderr
    assert names("experiments") == ["differences.csv"]


@pytest.mark.parametrize("ns", ["", "1", "a,b", "50:1000", "5:2:x", "0:10:3", "3.5", "1e9"])
def test_wrong_numbers_of_layers(ns: str) -> None:
    result = run("timing", "--ns", ns)
    assert result.exit_code == 2
    message = re.sub(r"\s+", " ", result.stderr)
    assert "is neither a list of whole numbers from 2 on, such as 50,100,200, nor" in message


def test_the_numbers_of_the_statement() -> None:
    from adcheck.commands.experiment import _whole_numbers
    from adcheck.experiments.timing import FULL

    assert _whole_numbers(None, None, "50:1000:15") == FULL  # type: ignore[arg-type]
    assert _whole_numbers(None, None, "7, 5 5") == (5, 7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("timing", "hw.py", "--variant", "scan"), "--variant scan is the reference's"),
        (("timing", "--from", "none.csv"), "cannot read none.csv"),
        (("timing", "none.py"), "none.py"),
        (("timing", "-o", "file/below"), "cannot write into file/below"),
        (("jacobian", "--from", "file"), "no CSV of this experiment"),
        (("nothing",), "No such command"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(args: tuple[str, ...], told: str) -> None:
    Path("file").write_text("a,b\n")
    result = run(*args)
    assert result.exit_code == 2
    assert told in result.stderr


def test_another_kind() -> None:
    result = run("differences", "--quick", "-o", "here")
    assert result.exit_code == 0, result.output
    assert "What to see" in result.stdout
    assert names("here") == ["differences.csv", "differences.png", "differences.svg"]


@pytest.mark.slow
def test_a_submission() -> None:
    path = Path(__file__).parent / "submissions" / "right" / "forward_over_reverse_classes.py"
    result = run("timing", str(path), "--ns", "2", "--runs", "1", "--variant", "jit")
    assert result.exit_code == 0, result.output
    assert "submission" in result.stdout
    assert "not measured" not in result.stderr
    assert Path("experiments/timing.csv").read_text().count(",jit,") == 6
