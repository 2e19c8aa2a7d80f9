"""The one table of what becomes of a status in each format."""

import pytest

from adcheck.model import Status
from adcheck.report.marks import STATUS


def test_every_status_has_its_row() -> None:
    assert list(STATUS) == list(Status)


@pytest.mark.parametrize("status", [s for s in Status if not s.graded])
def test_what_no_machine_decided_on_costs_nothing_anywhere(status: Status) -> None:
    shown = STATUS[status]
    assert shown.gradescope == ""
    assert shown.junit in ("skipped", "error")
    assert shown.classroom in ("", "error")
    assert shown.github != "error"


@pytest.mark.parametrize("status", [s for s in Status if s.graded])
def test_points_are_lost_or_earned_alike_everywhere(status: Status) -> None:
    shown = STATUS[status]
    earned = status is Status.PASS
    assert shown.gradescope == ("passed" if earned else "failed")
    assert shown.junit == ("" if earned else "failure")
    assert shown.classroom == ("pass" if earned else "fail")
    assert shown.github == ("" if earned else "error")
    assert shown.pytest == ("passed" if earned else "failed")


def test_symbols_are_told_apart_without_colours() -> None:
    emoji = [shown.emoji for shown in STATUS.values()]
    assert len(set(emoji)) == len(emoji)
    assert len({shown.word for shown in STATUS.values()}) == len(STATUS)
