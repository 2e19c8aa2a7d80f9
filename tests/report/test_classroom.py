"""The result of a step, read as Classroom's autograding reporter reads it."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adcheck.model import Report
from adcheck.report import render
from tests.reports import BROKEN, SAMPLES, graded, lost, our_fault, right, unreadable


def decoded(report: Report) -> Any:
    text = render(report, "classroom")
    assert text.endswith("\n")
    assert "\n" not in text[:-1]  # it becomes one line of $GITHUB_OUTPUT
    return json.loads(base64.b64decode(text, validate=False), parse_constant=pytest.fail)


def reported(report: Report) -> tuple[float, float]:
    """Points and maximum, added up as the reporter does."""
    result = decoded(report)
    return sum(test["score"] for test in result["tests"]), result["max_score"]


@pytest.mark.parametrize("name", SAMPLES)
def test_has_every_key_that_is_read(name: str) -> None:
    result = decoded(SAMPLES[name]())
    assert list(result) == ["version", "status", "max_score", "tests"]
    assert result["status"] in ("pass", "fail", "error")
    assert isinstance(result["max_score"], int | float)
    for test in result["tests"]:
        assert test["status"] in ("pass", "fail", "error")
        assert test["line_no"] == 0
        assert isinstance(test["score"], int | float)
        assert isinstance(test["name"], str)
        assert test["message"] or test["status"] == "pass"


@pytest.mark.parametrize("name", ["right", "lost", "our_fault", "unreadable"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    text = json.dumps(decoded(SAMPLES[name]()), indent=2, ensure_ascii=False) + "\n"
    golden(f"report/{name}.classroom.json", text)


def test_points_are_those_of_the_machine() -> None:
    assert reported(right()) == (10, 10)
    assert reported(lost()) == (4, 10)
    assert [decoded(r)["status"] for r in (right(), lost())] == ["pass", "fail"]


def test_what_waits_for_a_person_is_left_out() -> None:
    assert len(decoded(right())["tests"]) == 4


def test_a_fault_of_ours_costs_nothing_and_fails_the_job() -> None:
    assert reported(our_fault()) == (6, 6)
    assert decoded(our_fault())["status"] == "error"


def test_nothing_is_reported_where_all_was_our_fault() -> None:
    assert reported(replace(right(), assignments=graded(BROKEN))) == (0, 0)


def test_a_file_that_cannot_be_read_earns_nothing() -> None:
    result = decoded(unreadable())
    assert (result["status"], result["max_score"]) == ("fail", 1)
    assert "cell 3, line 4" in result["tests"][0]["message"]
