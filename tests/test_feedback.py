"""`adcheck.feedback`: each level tells what it should, and points never change."""

from __future__ import annotations

import pytest

from adcheck.feedback import told
from adcheck.model import Counterexample, Feedback, ItemResult, Report, Status
from tests import reports

EXAMPLE = Counterexample("values", 1, 7, {"x": "[1.]"}, "2", "3", "[0]", "hidden", "open")


def lost() -> ItemResult:
    """The first item of a sample report that lost points by a known mistake."""
    return next(i for i in reports.lost().items if i.counterexample is not None)


def after(feedback: Feedback, **changes: object) -> ItemResult:
    from dataclasses import replace

    item = replace(lost(), counterexample=EXAMPLE, **changes)  # type: ignore[arg-type]
    report = reports.lost()
    assignment = replace(report.assignments[0], items=(item,))
    return told(replace(report, assignments=(assignment,)), feedback).items[0]


def test_full_tells_the_right_answer_and_a_snippet_that_holds_it() -> None:
    example = after(Feedback.FULL).counterexample
    assert example is not None
    assert (example.expected, example.got, example.snippet) == ("2", "3", "open")


def test_hints_tell_the_inputs_and_not_the_right_answer() -> None:
    item = after(Feedback.HINTS)
    example = item.counterexample
    assert example is not None
    assert (example.inputs, example.got, example.where) == ({"x": "[1.]"}, "3", "[0]")
    assert (example.expected, example.snippet, example.full_snippet) == ("", "hidden", "")
    assert (item.message, item.hint, item.mistake) == (lost().message, lost().hint, lost().mistake)


def test_score_tells_points_alone() -> None:
    item = after(Feedback.SCORE, evidence=("Your hvp costs 3 gradients.",))
    assert (item.points, item.status) == (lost().points, lost().status)
    assert (item.message, item.hint, item.mistake, item.counterexample) == ("", "", None, None)
    assert (item.frames, item.evidence) == ((), ())
    assert {part.message for part in item.parts} <= {""}


@pytest.mark.parametrize("status", [Status.MISSING, Status.MANUAL, Status.ERROR])
def test_what_is_about_the_file_or_about_us_is_told_at_every_level(status: Status) -> None:
    assert after(Feedback.SCORE, status=status, message="Why.").message == "Why."


@pytest.mark.parametrize("level", Feedback)
def test_points_and_problems_stay(level: Feedback) -> None:
    report: Report = reports.lost()
    shown = told(report, level)
    assert (shown.score, shown.pending, shown.problems) == (
        report.score,
        report.pending,
        report.problems,
    )
    assert shown.feedback is level
