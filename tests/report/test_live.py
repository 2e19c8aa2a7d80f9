import io
import sys
from collections.abc import Callable

import pytest

from adcheck.records import plain
from adcheck.report.live import live
from tests.reports import HOSTILE, lost, right


class Terminal(io.StringIO):
    """Takes what a terminal would show."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Puts a terminal in the place of stderr, which is pytest's own until a test has begun."""

    def watch() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "200")
        return terminal

    return watch


def test_it_shows_how_many_are_done_what_failed_the_points_and_what_is_graded(
    watched: Callable[[], Terminal],
) -> None:
    shown = watched()
    with live(8) as progress:
        for student in ("ada", "bo", "cy", "dee", "eve", "fay"):
            progress.started(student)
        progress.done("ada", plain(right()))
        progress.done("bo", plain(lost()))
        progress.failed("cy", "the process that graded it died")
    text = shown.getvalue()
    assert "3/8" in text
    share = 100 * (right().score + lost().score) / (right().auto_max + lost().auto_max)
    assert f"{share:.0f} % of the points · 1 failed · grading dee, eve, fay" in text
    assert "cy: adcheck failed: the process that graded it died" in text


def test_only_a_few_names_are_shown(watched: Callable[[], Terminal]) -> None:
    shown = watched()
    with live(8) as progress:
        for student in ("ada", "bo", "cy", "dee", "eve"):
            progress.started(student)
    assert "grading ada, bo, cy, dee, …" in shown.getvalue()
    assert "eve" not in shown.getvalue()


def test_hostile_names_steer_no_terminal(watched: Callable[[], Terminal]) -> None:
    shown = watched()
    with live(1) as progress:
        progress.started(HOSTILE)
        progress.failed(HOSTILE, HOSTILE)
    assert "\x1b[31mred" not in shown.getvalue()
    assert "\u202e" not in shown.getvalue()
    assert r"\u202e" in shown.getvalue()
