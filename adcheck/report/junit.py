"""The report as JUnit XML, as GitLab and the actions on GitHub read it.

They show what stands *inside* ``failure``, ``error`` and ``skipped``, tell tests apart by class and
name, and compare them between runs: so names are unique and hold nothing that changes.
"""

from __future__ import annotations

import math
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from adcheck.language import tr
from adcheck.model import AssignmentResult, ItemResult, Report
from adcheck.report.escape import escape_line
from adcheck.report.lost import plain_story
from adcheck.report.marks import STATUS, points_of
from adcheck.report.places import file_of, line_of
from adcheck.report.words import errors, located, titled, why

__all__ = ["render_junit"]

_READING: Final = "submission"  # the suite of what is wrong with the file as a whole


def render_junit(report: Report) -> str:
    """Render a report as one suite for each assignment and one test case for each item."""
    root = Element("testsuites", name="adcheck", time=_seconds(report.seconds))
    if errors(report):
        root.append(_file(report))
    for assignment in report.assignments:
        root.append(_suite(assignment, report))
    _count(root, list(root.iter("testcase")))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _file(report: Report) -> Element:
    """A suite that fails where the file as a whole does."""
    suite = Element("testsuite", name=_READING)
    name = tr("the file as a whole")
    case = SubElement(suite, "testcase", classname=_READING, name=name, time="0")
    case.set("file", file_of(report))
    found = [located(problem) for problem in errors(report)]
    failure = SubElement(case, "failure", message=found[0], type="problem")
    failure.text = "\n".join(found)
    _count(suite, [case])
    return suite


def _suite(assignment: AssignmentResult, report: Report) -> Element:
    seconds = sum(item.seconds for item in assignment.items)
    suite = Element("testsuite", name=escape_line(assignment.slug), time=_seconds(seconds))
    cases = [_case(item, assignment, report) for item in assignment.items]
    _count(suite, cases)
    suite.append(_properties(report))
    suite.extend(cases)
    return suite


def _properties(report: Report) -> Element:
    properties = Element("properties")
    told = {"seed": str(report.seed), **report.versions}
    for name, value in told.items():
        SubElement(properties, "property", name=escape_line(name), value=escape_line(value))
    return properties


def _case(item: ItemResult, assignment: AssignmentResult, report: Report) -> Element:
    case = Element("testcase", classname=escape_line(assignment.slug), name=titled(item))
    case.set("time", _seconds(item.seconds))
    case.set("file", file_of(report, item))
    line = line_of(report, item)
    if line is not None:
        case.set("line", str(line))
    kind = STATUS[item.status].junit
    if kind:
        head = f"{points_of(item)}: {STATUS[item.status].label}"
        told = SubElement(case, kind, message=escape_line(f"{head}. {why(item)}".rstrip(". ")))
        told.text = f"{head}\n{plain_story(item)}".strip()
        if kind != "skipped":
            told.set("type", item.status.value)
    return case


def _count(suite: Element, cases: list[Element]) -> None:
    suite.set("tests", str(len(cases)))
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))


def _seconds(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "0"
