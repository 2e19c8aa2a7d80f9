import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adcheck.feedback import told
from adcheck.model import Feedback, Report, Visibility
from adcheck.report import render
from adcheck.report.gradescope import failure
from tests.reports import (
    GET_PARAMS,
    SAMPLES,
    TRAPPED,
    TRICKY,
    graded,
    hostile,
    lost,
    one_item,
    our_fault,
    passed,
    right,
    unreadable,
)

SCHEMA: Any = json.loads(files("adcheck.report").joinpath("results.schema.json").read_text("utf-8"))


def load(text: str) -> Any:
    return json.loads(text, parse_constant=pytest.fail)


def results(report: Report) -> Any:
    return load(render(report, "gradescope"))


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", SAMPLES)
def test_validates_against_the_schema(name: str) -> None:
    Draft202012Validator(SCHEMA).validate(results(SAMPLES[name]()))


@pytest.mark.parametrize("name", ["right", "lost", "unreadable", "our_fault", "hostile"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.gradescope.json", render(SAMPLES[name](), "gradescope"))


def test_the_score_is_what_a_machine_graded() -> None:
    assert (results(right())["score"], results(lost())["score"]) == (10, 4)
    assert results(unreadable())["score"] == 0


def test_what_waits_counts_nowhere_and_is_told() -> None:
    document = results(right())
    waiting = [test for test in document["tests"] if "score" not in test]
    assert len(waiting) == 3
    assert all("max_score" not in test and "status" not in test for test in waiting)
    assert "4 points, not in this score." in waiting[0]["output"]
    assert "12 points wait for a person" in document["output"]


def test_a_fault_of_ours_costs_nothing() -> None:
    document = results(our_fault())
    (ours,) = [test for test in document["tests"] if test["name"].startswith("hvp.hvp")]
    assert "score" not in ours
    assert "4 points wait because adcheck itself failed" in document["output"]


def test_what_was_not_asked_for_is_told() -> None:
    assert "8 points were not asked for." in results(one_item())["output"]


@pytest.mark.parametrize("visibility", Visibility)
def test_visibility_is_the_rubrics(visibility: Visibility) -> None:
    hidden = replace(TRAPPED, item=replace(TRAPPED.item, visibility=visibility))
    document = results(replace(right(), assignments=graded(passed(GET_PARAMS), hidden)))
    assert [t["visibility"] for t in document["tests"]][:2] == ["visible", visibility.value]
    assert "hessian" not in document["output"].lower()


def test_what_the_staff_may_want_is_kept() -> None:
    extra = results(lost())["extra_data"]
    assert extra["seed"] == 7
    assert extra["mistakes"] == {"hvp.hessian": "ignores-params", "hvp.hvp": "forms-hessian"}
    assert extra["versions"]["jax"] == "0.10.2"


def test_feedback_holds_here_too() -> None:
    assert "loss_fn" not in render(told(lost(), Feedback.SCORE), "gradescope")


def test_no_escape_sequence_gets_through() -> None:
    document = results(hostile())
    assert not any("\x1b" in text for text in _strings(document))


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _strings(inner)]
    return [value] if isinstance(value, str) else []


def test_a_run_that_failed_is_told_as_such() -> None:
    document = load(failure(f"It was killed: {TRICKY}"))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["score"] == 0
    assert "they are no grade" in document["output"]
