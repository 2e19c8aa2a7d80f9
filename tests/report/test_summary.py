import re
import sys
from collections.abc import Callable, Sequence
from typing import Final

import pytest

from adcheck.course import Alike, Entry, Mark
from adcheck.report import figures, tallies
from adcheck.report.summary import render
from tests.entries import CLASS, EVERYBODY, HOSTILE, NOBODY, crowd, entry
from tests.pages import check, elements
from tests.reports import HVP, our_fault, right

ALIKE: Final = (
    Alike(("baker", "cohen"), 1.0, "The same but for names, numbers, texts and comments; in hvp."),
    Alike(("diaz", HOSTILE), 0.71, HOSTILE),
)
LINKS: Final = {"baker": "students/ba ker.html", "cohen": "javascript:alert(1)"}


@pytest.fixture
def without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.mark.usefixtures("without_matplotlib")
def test_whole_page_without_figures(golden: Callable[[str, str], None]) -> None:
    page = render([*EVERYBODY, *crowd(30)], title=f"Homework & {HOSTILE}", alike=ALIKE, links=LINKS)
    check(page)
    golden("page/summary.html", page)
    assert "matplotlib is not installed" in page
    assert "<svg" not in page


def test_a_page_with_figures() -> None:
    pytest.importorskip("matplotlib")
    page = render([*EVERYBODY, *crowd(30)], alike=ALIKE)
    check(page)
    found = elements(page)
    assert [a["role"] for tag, a in found if tag == "svg"] == ["img"] * 4
    assert [tag for tag, _ in found].count("title") == 5
    assert "matplotlib" not in re.sub(r'id="[^"]*"', "", page)
    assert "style>*" not in page


def test_the_same_page_every_time() -> None:
    assert render(CLASS) == render(CLASS)


@pytest.mark.parametrize("entries", [(), (NOBODY,), CLASS[:1]], ids=["none", "nothing", "one"])
def test_a_small_class(entries: Sequence[Entry]) -> None:
    check(render(entries))


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    page = render(EVERYBODY, title=HOSTILE, alike=ALIKE, links=LINKS)
    assert {tag for tag, _ in elements(page)}.isdisjoint({"script", "b", "img"})
    assert 'href="javascript%3Aalert%281%29"' in page
    assert 'href="students/ba%20ker.html"' in page


def test_figures_take_their_colours_from_the_page() -> None:
    pytest.importorskip("matplotlib")
    drawn = figures.shares("f", "Title", [("$x$ <b>", 1, 2, 3), ("\x1b\u202e", 0, 0, 0)])
    assert "#0" not in drawn.replace('href="#f-', "").replace("url(#f-", "")
    assert "var(--good)" in drawn
    assert "$x$ &lt;b&gt;" in drawn
    assert r"\x1b\u202e" in drawn


def test_the_spread_of_points() -> None:
    entries = [
        entry(f"s{n}", "", right(), Mark("hvp.timing", points))
        for n, points in enumerate([0, 1, 1, 4])
    ]
    (spread,) = tallies.distributions(entries)
    assert spread.scores == (10.0, 11.0, 11.0, 14.0)
    assert spread.edges == tuple(map(float, range(0, 23, 2)))
    assert spread.counts == (0, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0)
    assert spread.mean == 11.5
    assert spread.quartiles == (10.75, 11, 11.75)


def test_the_highest_score_has_a_bar() -> None:
    full = [Mark(item, 4) for item in ("hvp.timing", "hvp.plot", "hvp.analysis")]
    (spread,) = tallies.distributions([entry("a", "", right(), *full)])
    assert spread.counts[-1] == 1


def test_items_are_counted_where_they_are_decided() -> None:
    entries = [entry("a", "", our_fault(), Mark(HVP.id, 1)), entry("b", "", our_fault())]
    tally = next(tally for tally in tallies.items(entries) if tally.item == HVP)
    assert (tally.full, tally.some, tally.none, tally.waiting) == (0, 1, 0, 1)
    assert tally.mean == 0.25
    assert [fault.student.id for fault in tallies.faults(entries)] == ["b"]


def test_mistakes_are_listed_with_who_made_them() -> None:
    found = tallies.mistakes(CLASS)
    assert [(m.slug, [s.id for s in m.students]) for m in found] == [
        ("ignores-params", ["baker"]),
        ("forms-hessian", ["baker"]),
    ]


def test_who_handed_in_nothing_is_listed_with_the_reason() -> None:
    (nobody,) = tallies.unread(CLASS)
    assert (nobody.student.id, nobody.why) == ("nobody", "There is no notebook.")


def test_the_slowest_come_first() -> None:
    found = tallies.slowest(crowd(40))
    assert len(found) == 10
    assert [slow.seconds for slow in found] == sorted((s.seconds for s in found), reverse=True)
