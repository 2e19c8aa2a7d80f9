"""JUnit XML, read by a strict parser, by `junitparser`, and as GitLab reads it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adcheck.model import Frame, Place, Report, Status
from adcheck.report import render
from tests.reports import HVP, RAISED, SAMPLES, graded, lost, passed, right, tricky, unreadable


def root(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(render(report, "junit").encode())


def cases(report: Report) -> list[ElementTree.Element]:
    return list(root(report).iter("testcase"))


@pytest.mark.parametrize("name", ["right", "lost", "unreadable", "our_fault", "tricky"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.xml", render(SAMPLES[name](), "junit"))


@pytest.mark.parametrize("name", SAMPLES)
def test_as_gitlab_reads_it(name: str) -> None:
    found = cases(SAMPLES[name]())
    keys = [(case.get("classname"), case.get("name"), case.get("file")) for case in found]
    assert len(set(keys)) == len(keys)
    for case in found:
        assert case.get("name")
        assert case.get("classname")
        assert float(str(case.get("time"))) >= 0
        for told in case:
            assert told.tag in ("failure", "error", "skipped")
            assert told.text  # attributes alone would show nothing


@pytest.mark.parametrize("name", SAMPLES)
def test_as_junitparser_reads_it(name: str, tmp_path: Path) -> None:
    junitparser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    path = tmp_path / "report.xml"
    path.write_text(render(SAMPLES[name](), "junit"), "utf-8")
    suites = junitparser.JUnitXml.fromfile(str(path))
    counted = (suites.tests, suites.failures, suites.errors, suites.skipped)
    suites.update_statistics()
    assert counted == (suites.tests, suites.failures, suites.errors, suites.skipped)


def test_names_are_the_same_whatever_was_earned() -> None:
    names = [[case.get("name") for case in cases(report)] for report in (right(), lost())]
    assert names[0][0] == names[1][0] == "hvp.get_params: All weights in one vector"
    assert not any(re.search(r"\d / \d", str(name)) for name in names[1])


@pytest.mark.parametrize(
    ("status", "inside"),
    [
        (Status.PASS, []),
        (Status.PARTIAL, ["failure"]),
        (Status.MISSING, ["failure"]),
        (Status.LIMIT, ["failure"]),
        (Status.MANUAL, ["skipped"]),
        (Status.SKIPPED, ["skipped"]),
        (Status.ERROR, ["error"]),
    ],
)
def test_what_becomes_of_a_status(status: Status, inside: list[str]) -> None:
    result = replace(passed(HVP), status=status, points=0)
    case = cases(replace(right(), assignments=graded(result)))[0]
    assert [child.tag for child in case] == inside


def test_a_file_that_cannot_be_read_fails() -> None:
    (case,) = cases(unreadable())
    assert case.find("failure") is not None
    assert "cell 3, line 4" in str(case.findtext("failure"))


def test_nothing_becomes_an_element_or_an_attachment() -> None:
    text = render(tricky(), "junit")
    assert {element.tag for element in root(tricky()).iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "skipped", "error"),
    }
    assert "<system-out" not in text  # where GitLab looks for attachments
    assert "\ufffe" not in text


@pytest.mark.parametrize(
    ("path", "where", "file", "line"),
    [
        ("a/hw.py", "hw.py, line 12", "a/hw.py", "12"),
        ("a/hw.py", "utils.py, line 3", "a/utils.py", "3"),
        ("a", "hw.py, line 12", "a/hw.py", "12"),
        ("a/hw.ipynb", "cell 7, line 3", "a/hw.ipynb", None),
        ("a/hw.ipynb", "nowhere", "a/hw.ipynb", None),
    ],
)
def test_files_and_lines(path: str, where: str, file: str, line: str | None) -> None:
    result = replace(RAISED, frames=(Frame(where, "f", "x"),))
    report = replace(right(), path=path, assignments=graded(result))
    assert (cases(report)[0].get("file"), cases(report)[0].get("line")) == (file, line)


def test_the_line_of_the_definition() -> None:
    result = replace(RAISED, frames=(), place=Place("hw.py", 4, 9))
    report = replace(right(), path="hw.py", assignments=graded(result))
    assert cases(report)[0].get("line") == "4"
