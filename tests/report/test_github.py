"""Workflow commands, read as the runner reads them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adcheck.model import Frame, ItemResult, Place, Report
from adcheck.report import render
from adcheck.report.github import render_github
from tests.reports import RAISED, SAMPLES, TRAPPED, graded, lost, our_fault, right, tricky

TOKEN = "0123456789abcdef"


def obeyed(log: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The commands that a runner finds in a log: name, properties, message."""
    stopped = ""
    for line in map(str.strip, log.splitlines()):
        found = re.match(r"::(?P<name>[\w-]+)(?: (?P<properties>.*?))?::(?P<message>.*)", line)
        if stopped:
            stopped = "" if found and found["name"] == stopped else stopped
        elif found and found["name"] == "stop-commands":
            stopped = found["message"]
        elif found:
            pairs = (pair.split("=", 1) for pair in (found["properties"] or "").split(",") if pair)
            properties = {key: _unescaped(value) for key, value in pairs}
            yield found["name"], properties, _unescaped(found["message"])
        else:
            assert "##[" not in line
    assert not stopped


def _unescaped(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def annotations(report: Report, folder: str = "") -> list[tuple[str, dict[str, str], str]]:
    return list(obeyed(render_github(report, folder=folder)))


def one(result: ItemResult, path: str) -> dict[str, str]:
    (found,) = annotations(replace(right(), path=path, assignments=graded(result)))
    return found[1]


@pytest.mark.parametrize("name", ["right", "lost", "unreadable", "our_fault", "tricky"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.github.txt", render_github(SAMPLES[name](), token=TOKEN))


@pytest.mark.parametrize("name", SAMPLES)
def test_each_loss_is_annotated_and_nothing_else_is_obeyed(name: str) -> None:
    report = SAMPLES[name]()
    problems = [p for p in report.problems if p.severity == "error"]
    lost_ = [i for i in report.items if i.status.graded and i.points < i.item.points]
    ours = [i for i in report.items if i.status == "error"]
    assert [n for n, _, _ in annotations(report)].count("error") == len(problems) + len(lost_)
    assert [n for n, _, _ in annotations(report)].count("warning") == len(ours)
    assert len(annotations(report)) == len(problems) + len(lost_) + len(ours)


def test_nobody_can_guess_the_token() -> None:
    logs = {render(right(), "github") for _ in range(3)}
    assert len(logs) == 3


def test_text_arrives_as_it_was() -> None:
    (*_, (_, properties, message)) = annotations(tricky())
    assert properties["file"].endswith("/a,b:c.py")
    assert "[[ATTACHMENT|/etc/passwd]]" in message
    assert "\n::error::x\n" in message


def test_a_module_is_annotated_at_its_lines() -> None:
    placed = replace(TRAPPED, place=Place("hw.py", 4, 9))
    assert one(placed, "./hw.py") == {
        "file": "hw.py",
        "line": "4",
        "endLine": "9",
        "title": "hvp.hessian: fail, 0 / 2",
    }
    raised = replace(RAISED, frames=(Frame("hw.py, line 7", "f", "x"),), place=placed.place)
    assert one(raised, "hw.py")["line"] == "7"


def test_a_notebook_has_its_cell_in_the_title() -> None:
    properties = one(replace(TRAPPED, place=Place("cell 7", 2, 9)), "hw.ipynb")
    assert properties == {
        "file": "hw.ipynb",
        "title": "hvp.hessian: fail, 0 / 2 (cell 7, line 2)",
    }


def test_files_are_named_from_the_root_of_the_repository() -> None:
    assert annotations(lost(), folder="week3")[0][1]["file"] == "week3/hw.ipynb"


def test_a_fault_of_ours_is_a_warning() -> None:
    ((name, properties, message),) = annotations(our_fault())
    assert name == "warning"
    assert properties["title"] == "hvp.hvp: our fault, – / 4"
    assert "adcheck could not judge" in message
