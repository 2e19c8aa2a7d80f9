"""Markdown that a page may show: read here by a parser of CommonMark with tables and HTML on."""

import json
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from adcheck.report import render
from adcheck.report.gradescope import failure
from adcheck.report.inert import code, fenced, prose
from adcheck.report.md import item_story, render_markdown
from tests.reports import SAMPLES, TRICKY, lost, tricky


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [inner for token in parsed.parse(text) for inner in (token, *(token.children or ()))]


def kinds(text: str) -> set[str]:
    return {token.type for token in tokens(text)}


@pytest.mark.parametrize("name", ["right", "lost", "missing", "unreadable", "our_fault", "tricky"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.md", render(SAMPLES[name](), "markdown"))


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_but_what_we_wrote_is_obeyed(name: str) -> None:
    found = tokens(render(SAMPLES[name](), "markdown"))
    types = {token.type for token in found}
    assert types.isdisjoint({"link_open", "image", "html_block", "s_open", "em_open", "hr"})
    assert {token.content for token in found if token.type == "html_inline"} <= {"<sub>", "</sub>"}
    assert not [token for token in found if token.type == "code_block"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_row_has_four_cells(name: str) -> None:
    report = SAMPLES[name]()
    cells = [t for t in tokens(render(report, "markdown")) if t.type in ("td_open", "th_open")]
    rows = len(report.items) + 2 * len(report.assignments)
    assert len(cells) == 4 * rows


def test_headings_are_ours() -> None:
    found = tokens(render(tricky(), "markdown"))
    assert [t.tag for t in found if t.type == "heading_open"] == ["h2", "h3", "h4"]


def test_code_cannot_end_its_block() -> None:
    block = fenced(["```", "````", "~~~", "x"])
    assert block.startswith("`````text\n")
    assert kinds(block) == {"fence"}


@pytest.mark.parametrize("text", ["`", "``", "a``b`", "`a", "a`", TRICKY])
def test_code_cannot_end_its_span(text: str) -> None:
    (span,) = [t for t in tokens(code(text)) if t.type == "code_inline"]
    assert span.content.strip()[:2] == text[:2]
    assert kinds(code(text)) <= {"paragraph_open", "inline", "code_inline", "paragraph_close"}


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "2) a", "> a", "===", "---", "    a"]
)
def test_prose_begins_nothing(text: str) -> None:
    found = tokens(prose(text))
    assert [t.type for t in found] == ["paragraph_open", "inline", "text", "paragraph_close"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@teacher", "@&#8203;teacher"),
        ("#12", "\\#&#8203;12"),
        ("https://a.b", "https:&#8203;//a.b"),
        ("WWW.a.b", "WWW&#8203;.a.b"),
        ("a | b", "a &#124; b"),
        ("`a|b` and `c`", "a&#124;b and `c`"),
        ("an odd ` one", "an odd \\` one"),
        ("$x$ <b> &amp;", "\\$x\\$ &lt;b&gt; &amp;amp;"),
    ],
)
def test_prose_calls_and_links_nobody(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_no_room() -> None:
    assert render_markdown(lost(), most=10) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_what_gradescope_shows_is_as_safe(name: str) -> None:
    for item in SAMPLES[name]().items:
        found = kinds(item_story(item))
        assert found.isdisjoint({"link_open", "image", "html_block", "html_inline", "table_open"})
    output = json.loads(failure(TRICKY))["output"]
    assert kinds(output).isdisjoint({"link_open", "image", "html_block", "html_inline"})
