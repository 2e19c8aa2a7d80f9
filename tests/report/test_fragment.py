from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from adcheck.report.fragment import render_fragment
from tests.reports import SAMPLES, TRICKY, tricky

TAGS = {
    *("div", "p", "strong", "span", "table", "thead", "tbody", "tr", "th", "td", "code"),
    *("details", "summary", "pre"),
}


class Elements(HTMLParser):
    """Notes every element, and that each one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", ["right", "lost", "unreadable", "our_fault"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.fragment.html", render_fragment(SAMPLES[name]()) + "\n")


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_but_what_we_wrote_is_obeyed(name: str) -> None:
    found = Elements(render_fragment(SAMPLES[name]()))
    assert found.tags <= TAGS
    assert found.attributes <= {"style", "open"}


def test_text_is_shown_as_it_was() -> None:
    assert TRICKY.split("\ufffe")[0] in Elements(render_fragment(tricky())).text
