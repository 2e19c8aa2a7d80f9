import re
from collections.abc import Callable
from dataclasses import replace
from importlib import resources

import pytest

from adcheck.course import Entry, Mark
from adcheck.feedback import told
from adcheck.language import using
from adcheck.model import Feedback, Status
from adcheck.report.page import render, render_report
from tests.entries import BAKER, COHEN, DIAZ, EVERYBODY, HOSTILE_ENTRY, IVANOVA, NOBODY
from tests.pages import check, elements
from tests.reports import HVP, SAMPLES, lost, one_item, right


@pytest.mark.parametrize("entry", EVERYBODY, ids=lambda entry: entry.hand_in.student.id)
def test_whole_page(entry: Entry, golden: Callable[[str, str], None]) -> None:
    page = render(entry)
    check(page)
    golden(f"page/{entry.hand_in.student.id}.html", page)


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_whole_page_in_other_languages(language: str, golden: Callable[[str, str], None]) -> None:
    with using(language):
        page = render(BAKER)
        check(page)
    golden(f"page/baker.{language}.html", page)


@pytest.mark.parametrize("name", ["base", "macros", "page", "review", "summary"])
def test_templates_say_nothing_past_the_catalogues(name: str) -> None:
    source = (resources.files("adcheck.report") / "templates" / f"{name}.html.j2").read_text(
        "utf-8"
    )
    said = re.sub(r"\{% block style.*?endblock %\}|<(kbd|style)>.*?</\1>", "", source, flags=re.S)
    said = re.sub(r"\{% set \w+ %\}.*?endset %\}|\{#.*?#\}", "", said, flags=re.S)  # into sentences
    said = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", said, flags=re.S)
    assert not re.findall(r'(?:aria-label|alt|title)="([^"]+)"', said)
    said = re.sub(r"<[^>]*>", "", said)
    assert not re.findall("[A-Za-z]{2,}", said)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_of_a_report_alone(name: str) -> None:
    check(render_report(SAMPLES[name]()))


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_own_words(status: Status) -> None:
    assignment = right().assignments[0]
    row = replace(assignment.items[0], status=status, points=0)
    report = replace(right(), assignments=(replace(assignment, items=(row,)),))
    check(render_report(report))


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    page = render(HOSTILE_ENTRY)
    tags = {tag for tag, _ in elements(page)}
    assert tags.isdisjoint({"script", "img", "b"})
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }} {% raw %}" in page
    assert r"\u202e" in page
    assert len(page) < 100_000


def test_a_mark_by_hand_is_told_with_its_reason() -> None:
    page = render(BAKER)
    assert "1 / 2;\nthe machine gave 0 / 2." in page
    assert "<strong>Why it was changed:</strong> It works once the stray slice" in page
    assert "the time has no <code>unit</code>." in page


def test_what_waits_is_named_until_it_is_marked() -> None:
    assert "8 points still wait for a person" in render(BAKER)
    marks = {item: Mark(item, 1) for item in ("hvp.timing", "hvp.plot", "hvp.analysis")}
    page = render(replace(IVANOVA, marks=marks))
    assert "wait for a person" not in page
    assert "3 of 12 points marked by hand" in page


def test_our_own_fault_costs_nothing_and_says_so() -> None:
    assert "adcheck itself failed here, which costs nothing" in render(DIAZ)
    fixed = render(replace(DIAZ, marks={HVP.id: Mark(HVP.id, 4)}))
    assert "which costs nothing" not in fixed


def test_nothing_to_grade() -> None:
    page = render(NOBODY)
    assert "Nothing was graded." in page
    assert "There is no notebook." in page


def test_right_answers_are_told_with_full_feedback_alone() -> None:
    assert "0.4173249318" in render_report(told(lost(), Feedback.FULL))
    hints = render_report(told(lost(), Feedback.HINTS))
    assert "0.4173249318" not in hints
    assert ">got</dt>" in hints
    score = render_report(told(lost(), Feedback.SCORE))
    assert "loss_fn" not in score
    assert "Hint" not in score
    assert 'class="card"' not in score


def test_several_assignments_each_have_a_total() -> None:
    page = render(COHEN)
    assert "14 / 22" in page
    assert "10 / 10" in page
    assert "24 / 32" in page


def test_what_was_not_asked_for_is_told() -> None:
    assert "8 points not asked for" in render_report(one_item())
