"""How results are put: points in a few characters, and each status in every format."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from adcheck.language import mark, tr, trn
from adcheck.model import ItemResult, Status

__all__ = ["STATUS", "Shown", "count", "format_points", "of", "points_of"]


class Shown(NamedTuple):
    """How an item with some status is shown, in every format there is.

    Attributes:
        symbol, word, style: for people, in tables; every symbol is one column wide, and the word
            is to be translated.
        emoji: for Markdown, which has no colours.
        gradescope: status of its test; empty where it gets neither a status nor points.
        junit: the element inside its test case; empty for a test that passed.
        classroom: status of its test; empty where it is left out.
        github: the command that annotates it; empty where nothing is annotated.
        pytest: outcome of its test.
    """

    symbol: str
    word: str
    style: str
    emoji: str
    gradescope: Literal["passed", "failed", ""]
    junit: Literal["failure", "error", "skipped", ""]
    classroom: Literal["pass", "fail", "error", ""]
    github: Literal["error", "warning", ""]
    pytest: Literal["passed", "failed", "skipped"]

    @property
    def label(self) -> str:
        """The word, in the language that is spoken."""
        return tr(self.word)


_LOST: Final = ("failed", "failure", "fail", "error", "failed")
_WAITS: Final = ("", "skipped", "", "", "skipped")

STATUS: Final[dict[Status, Shown]] = {
    Status.PASS: Shown("✓", mark("pass"), "green", "✅", "passed", "", "pass", "", "passed"),
    Status.PARTIAL: Shown("◐", mark("partial"), "yellow", "🟡", *_LOST),
    Status.FAIL: Shown("✗", mark("fail"), "red", "❌", *_LOST),
    Status.RAISED: Shown("!", mark("raised"), "red", "💥", *_LOST),
    Status.LIMIT: Shown("◷", mark("limit"), "red", "⏳", *_LOST),
    Status.MISSING: Shown("–", mark("missing"), "red", "❓", *_LOST),
    Status.SKIPPED: Shown("·", mark("skipped"), "dim", "⏩", *_WAITS),
    Status.MANUAL: Shown("✎", mark("by a person"), "cyan", "📝", *_WAITS),
    Status.ERROR: Shown(
        "!", mark("our fault"), "bold magenta", "🔧", "", "error", "error", "warning", "failed"
    ),
}
"""The one place that says what becomes of a status in each format.

What waits for a person, and what adcheck itself failed at, costs no points anywhere: it is told,
and left out of the sums."""


def format_points(points: float) -> str:
    """Points as a person writes them: ``2``, ``1.5``, ``0.3333``."""
    return f"{round(points, 4) + 0.0:.10g}"


def of(points: float, most: float) -> str:
    """Points of how many: ``2 / 4``."""
    return f"{format_points(points)} / {format_points(most)}"


def count(points: float) -> str:
    """Points with their noun: ``1 point``, ``2.5 points``."""
    return trn("{count} point", "{count} points", points, count=format_points(points))


def points_of(result: ItemResult) -> str:
    """Points of an item, or a dash where nobody has decided on them yet."""
    if result.status.graded:
        return of(result.points, result.item.points)
    return f"– / {format_points(result.item.points)}"
