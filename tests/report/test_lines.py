from collections.abc import Mapping
from typing import Any

import pytest

from adcheck.model import Report
from adcheck.records import plain
from adcheck.report.lines import BatchLines, points_of
from tests.reports import HOSTILE, lost, our_fault, right


def data(report: Report) -> Mapping[str, Any]:
    found: Mapping[str, Any] = plain(report)
    return found


def test_each_submission_has_a_line_that_tells_how_long_the_others_take() -> None:
    said: list[str] = []
    now = iter([100.0, 130.0, 160.0, 190.0])
    lines = BatchLines(3, said.append, lambda: next(now))
    lines.started("ada")
    lines.done("ada", data(right()))
    lines.failed("bo", "it crashed")
    lines.done("cy", data(right()))
    assert said == [
        "[1/3] ada: 10 of 10 points, 12.3 s (about 1:00 min left)",
        "[2/3] bo: adcheck failed: it crashed (about 0:30 min left)",
        "[3/3] cy: 10 of 10 points, 12.3 s",
    ]


def test_what_failed_is_escaped() -> None:
    said: list[str] = []
    BatchLines(1, said.append).failed(HOSTILE, HOSTILE)
    assert said[0].isprintable()


@pytest.mark.parametrize("report", [right(), lost(), our_fault()])
def test_points_are_those_that_a_machine_decided_on(report: Report) -> None:
    assert points_of(data(report)) == (report.score, report.auto_max)
