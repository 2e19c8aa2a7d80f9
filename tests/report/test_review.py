import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from adcheck.course import Material, MaterialKind
from adcheck.language import using
from adcheck.report.html import asset, island, policy
from adcheck.report.review import levels, render
from tests.entries import CLASS, EVERYBODY, HOSTILE, IVANOVA
from tests.pages import check, elements
from tests.reports import ANALYSIS

ISLAND: Final = re.compile(r'<script type="application/json" id="data">(.*?)</script>')


def data_of(page: str) -> Any:
    (text,) = ISLAND.findall(page)
    assert not set("<>&") & set(text)
    return json.loads(text)


def test_whole_page(golden: Callable[[str, str], None]) -> None:
    page = render(EVERYBODY, title=f"Homework & {HOSTILE}")
    check(page)
    golden("page/review.html", page)


def test_nothing_to_mark() -> None:
    page = render([])
    check(page)
    assert "There is nothing to mark." in page


def test_students_with_nothing_to_grade_are_left_out() -> None:
    page = render(CLASS)
    assert [s["student"] for s in data_of(page)["submissions"]] == [
        "ivanova",
        "baker",
        "cohen",
        "diaz",
    ]
    assert "1 student with nothing to grade is not shown." in page


def test_only_our_script_may_run() -> None:
    page = render(EVERYBODY)
    scripts = [a for tag, a in elements(page) if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    script = asset("table.js") + asset("review.js")
    assert f"<script>{script}</script>" in page
    assert f'content="{policy(script).replace(chr(39), "&#39;")}"' in page


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    page = render(EVERYBODY)
    tags = {tag for tag, _ in elements(page)}
    assert "b" not in tags
    assert page.count("<img") == 4  # of those who handed in a picture
    assert page.count("A picture that cannot be shown.") == 3
    assert "<script>alert" not in page
    name = data_of(page)["submissions"][-1]["name"]
    assert name.isprintable()


def test_an_island_cannot_be_left() -> None:
    text = island({"a": "</script><!--<script>\u2028&"})
    assert text == r'{"a":"\u003c/script\u003e\u003c!--\u003cscript\u003e\u2028\u0026"}'


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_the_page_in_other_languages(language: str) -> None:
    with using(language):
        page = render(CLASS)
        check(page)
    words = data_of(page)["words"]
    assert set(words["left"]) == {"one", "few", "many", "other"}
    assert len({words["left"][form] for form in ("one", "few", "many")}) == 3
    assert "{open}" in words["left"]["few"]
    english = data_of(render(CLASS))["words"]
    assert set(words) == set(english)
    assert not [key for key in words if words[key] == english[key]]


def test_marks_belong_to_a_batch() -> None:
    keys = [data_of(render(entries))["key"] for entries in (CLASS, CLASS[::-1], CLASS[:2])]
    assert keys[0] == keys[1] != keys[2]
    assert IVANOVA.report
    other = replace(IVANOVA, report=replace(IVANOVA.report, sha256="1" * 64))
    assert data_of(render([other]))["key"] != data_of(render([IVANOVA]))["key"]


@pytest.mark.parametrize(
    ("most", "offered"),
    [
        (0, [0]),
        (2, [0, 0.5, 1, 1.5, 2]),
        (5, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (7.25, [0, 1, 2, 3, 4, 5, 6, 7, 7.25]),
        (100, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
        (0.3, [0, 0.3]),
    ],
)
def test_levels(most: float, offered: list[float]) -> None:
    assert levels(most) == offered


def test_a_guide_is_read_in_paragraphs() -> None:
    guide = "Look at\nthe text.\n\n1 point: the\n  derivation.\n0.5 points: more.\n"
    row = replace(ANALYSIS, guide=guide)
    assert IVANOVA.report
    (assignment,) = IVANOVA.report.assignments
    results = tuple(replace(i, item=row) for i in assignment.items if i.item == ANALYSIS)
    report = replace(IVANOVA.report, assignments=(replace(assignment, items=results),))
    page = render([replace(IVANOVA, report=report)])
    for line in ("Look at the text.", "1 point: the derivation.", "0.5 points: more."):
        assert f"<p>{line}</p>" in page


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("x", "image/svg+xml"),
        ('x" onerror="alert(1)', "image/png"),
        ("", "image/png"),
        ("eHg=", "image/png;x"),
        (" " * 100_000 + "!", "image/png"),
    ],
    ids=["svg", "quote", "empty", "type", "spaces"],
)
def test_what_is_no_picture_is_not_shown(content: str, media_type: str) -> None:
    material = Material(MaterialKind.IMAGE, "cell 1", content, media_type)
    page = render([replace(IVANOVA, materials={ANALYSIS.id: (material,)})])
    assert "<img" not in page
    assert "A picture that cannot be shown." in page
