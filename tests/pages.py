"""What every page must be: well-formed, quiet towards the network, and proof against its text."""

from html.parser import HTMLParser
from typing import Final

import html5lib

from adcheck.language import current

VOID: Final = {"br", "hr", "img", "input", "link", "meta"}
LOADS: Final = {"src", "href", "srcset", "action", "formaction", "poster", "data", "xlink:href"}


class Elements(HTMLParser):
    """Every start tag with its attributes, in order; and that each is closed where it should."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another element, line {self.getpos()[0]}"

    def close(self) -> None:
        super().close()
        assert not self._open, f"never closed: {self._open}"


def elements(page: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page, which is parsed as strictly as can be."""
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    parser = Elements()
    parser.feed(page)
    parser.close()
    return parser.found


def check(page: str) -> None:
    """Hold a page against what every page must be."""
    found = elements(page)
    check_structure(found)
    for tag, attributes in found:
        assert not [name for name in attributes if name.startswith("on")], attributes
        for name in LOADS & set(attributes):
            assert attributes[name].startswith(("#", "data:image/")) or tag == "a", attributes
        if tag == "a" and "href" in attributes:
            assert not attributes["href"].lower().startswith(("javascript:", "data:", "//"))
            assert "://" not in attributes["href"]
    hidden = {c for c in page if not c.isprintable()} - {"\n"}
    assert not hidden, f"characters that are not to be seen: {sorted(map(ascii, hidden))}"


def check_structure(found: list[tuple[str, dict[str, str]]]) -> None:
    """Hold the elements against what makes a page accessible and safe."""
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids)), "an id is there twice"
    assert ("html", {"lang": current()}) in found
    assert [tag for tag, _ in found].count("h1") == 1
    tags = [tag for tag, _ in found]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in a for tag, a in found if tag == "th")
    assert all("alt" in a for tag, a in found if tag == "img")
    policies = [a["content"] for _, a in found if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; ")
    assert "'unsafe-eval'" not in policies[0]
    assert "http" not in policies[0]
