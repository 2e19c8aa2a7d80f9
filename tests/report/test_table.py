import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len

from adcheck.model import Counterexample, Frame, Isolation, Problem, Report, Severity, Status
from adcheck.report import render
from adcheck.report.table import render_table
from tests.reports import (
    HOSTILE,
    RAISED,
    SAMPLES,
    graded,
    hostile,
    lost,
    missing,
    our_fault,
    right,
    unreadable,
)

WIDTHS = [40, 60, 71, 72, 80, 100, 120]


def commanding(text: str) -> Report:
    """A report in which a submission has its say wherever it can."""
    result = replace(
        RAISED,
        message=text,
        frames=(Frame(text, text, text),),
        counterexample=Counterexample("values", 0, 1, {text: text}, text, text, text),
        evidence=(text,),
    )
    problems = (Problem(Severity.ERROR, "syntax-error", text, text),)
    return replace(right(), path=text, problems=problems, assignments=graded(result))


@pytest.mark.parametrize("name", SAMPLES)
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.txt", render(SAMPLES[name](), "table"))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_whole_output_at_other_widths(width: int, golden: Callable[[str, str], None]) -> None:
    golden(f"report/lost-{width}.txt", render_table(lost(), width=width))


def test_whole_output_in_colour(golden: Callable[[str, str], None]) -> None:
    golden("report/lost-colour.txt", render_table(lost(), width=80, color=True))


def test_whole_output_in_ascii(golden: Callable[[str, str], None]) -> None:
    text = render_table(lost(), width=80, unicode=False)
    assert text.isascii()
    golden("report/lost-ascii.txt", text)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_line_is_wider_than_the_screen(name: str, width: int) -> None:
    text = render_table(SAMPLES[name](), width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert not re.search(r" $", text, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("width", WIDTHS)
def test_ascii_keeps_the_columns(width: int) -> None:
    fancy, plain = (render_table(lost(), width=width, unicode=u) for u in (True, False))
    assert [cell_len(line) for line in fancy.splitlines()] == list(map(len, plain.splitlines()))


@pytest.mark.parametrize("width", WIDTHS)
def test_colour_changes_nothing_but_colour(width: int) -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", render_table(lost(), width=width, color=True))
    lines = [line.rstrip() for line in coloured.splitlines()]
    assert lines == render_table(lost(), width=width).splitlines()


def test_the_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [render_table(lost(), width=80, color=color) for color in (False, True)]
    for name, value in {
        "COLUMNS": "33",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "FORCE_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert [render_table(lost(), width=80, color=color) for color in (False, True)] == before


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [30, 50, 72, 100])
def test_no_line_is_a_command_to_a_ci(width: int, color: bool) -> None:
    report = commanding(
        "::error file=hw.py::pwned " * 10 + "x" * 97 + "::error::\n  ::x:: ##[error]"
    )
    lines = render_table(report, width=width, color=color).splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert [line for line in plain if line.lstrip().startswith("::") or "##[" in line] == []
    assert sum(line.lstrip().startswith("\\::") for line in plain) > 3


def test_slices_stay_readable() -> None:
    text = render_table(commanding("x[::2], x[a::b] and std::vector"), width=100)
    assert text.count("x[::2], x[a::b] and std::vector") > 3


@pytest.mark.parametrize("width", [30, 72, 100])
def test_hostile_text_is_shown_and_not_obeyed(width: int) -> None:
    text = render_table(hostile(), width=width)
    assert "\x1b" not in text
    assert text.replace("\n", "").isprintable()
    assert "[bold]x[/bold]" in text
    assert ":smile:" in text
    assert len(text) < 60_000


def test_hostile_text_brings_no_colours_of_its_own() -> None:
    text = render_table(hostile(), color=True)
    assert "\x1b[31mred" not in text.replace("\\x1b[31mred", "")
    assert "\\x1b[31mred" in text


def test_a_syntax_error_is_the_first_thing_to_read() -> None:
    lines = render_table(unreadable()).splitlines()
    assert lines[2].startswith("✗ cell 3, line 4: ")
    assert lines[3].startswith("· hw.py: ")


def test_points_that_wait_are_named() -> None:
    text = " ".join(render_table(right()).split())
    assert "Score 10 / 22 — 10 of 10 points graded by machine; 12 points wait for a person" in text
    assert "(hvp.timing, hvp.plot, hvp.analysis)" in text


def test_assignments_that_were_not_graded_are_named() -> None:
    assert "Not graded: step_size — nothing of it was found" in render_table(right())
    assert "Not graded" not in render_table(lost())


def test_our_own_fault_costs_nothing_and_says_so() -> None:
    text = " ".join(render_table(our_fault()).split())
    assert "6 of 6 points graded by machine" in text
    assert "4 points wait because adcheck itself failed, which costs nothing (hvp.hvp)" in text


def test_a_run_of_everything_is_told() -> None:
    assert "The whole file had to be run" in render_table(missing())
    assert "The whole file had to be run" not in render_table(right())


def test_the_seed_repeats_the_run() -> None:
    assert "Seed 7. Repeat with --seed 7." in render_table(lost())


def test_a_submission_that_did_not_run_was_not_badly_confined() -> None:
    nothing = replace(
        unreadable(), isolation=Isolation("weak", {"process": "off: nothing was run"})
    )
    assert "\nIsolation: nothing was run.\n" in render_table(nothing)


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_own_words(status: Status) -> None:
    assignment = right().assignments[0]
    row = replace(assignment.items[0], status=status, points=0)
    report = replace(right(), assignments=(replace(assignment, items=(row,)),))
    assert render_table(report)


def test_a_report_of_nothing() -> None:
    report: Report = replace(
        right(),
        assignments=(),
        others=(),
        problems=(Problem(Severity.WARNING, "empty", HOSTILE),),
    )
    assert "Nothing was graded." in render_table(report, width=30)


def test_parts_that_fared_alike_are_not_listed() -> None:
    assert "no Hessian formed" not in render_table(missing())
    assert "◷ no Hessian formed 0 / 2: memory ran out." in render_table(lost())


def test_a_run_of_everything_is_told_once() -> None:
    note = Problem(Severity.NOTE, "whole-run", "The whole file was run.")
    text = render_table(replace(missing(), problems=(note,)))
    assert "The whole file was run." in text
    assert "had to be run" not in text
