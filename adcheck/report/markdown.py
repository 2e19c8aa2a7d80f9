"""Students' Markdown, made safe: a small subset is laid out, everything else is shown as written.

Headings, paragraphs, lists, quotes, code, emphasis and tables as plain text. No links, no images,
no HTML. Formulas stay as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from markupsafe import Markup, escape

from adcheck.report.escape import escape_line
from adcheck.report.html import code

__all__ = ["markdown"]

_CHARACTERS: Final = 200_000
_LINE: Final = 20_000

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*")
_BULLET: Final = re.compile(r"\s*[-*+]\s+(.*)")
_NUMBER: Final = re.compile(r"\s*\d{1,6}[.)]\s+(.*)")
_QUOTE: Final = re.compile(r" {0,3}> ?(.*)")
_INLINE: Final = re.compile(  # bounded, or a hostile line would take for ever
    r"(?P<code>`[^`]{1,500}`)"
    r"|(?P<maths>\$\$[^$]{1,500}\$\$|\$(?!\s)[^$]{1,500}(?<!\s)\$|\\\([^)]{1,500}\\\))"
    r"|\*\*(?!\s)(?P<strong>[^*]{1,500})(?<!\s)\*\*"
    r"|(?<![\w*])\*(?!\s)(?P<em>[^*]{1,500})(?<!\s)\*(?![\w*])"
)
_ENDS: Final = (Markup("\n"), Markup("<br>"))


def markdown(text: str) -> Markup:
    """Lay out a text.

    Args:
        text: anything at all; very long texts are cut, and an ellipsis says so.

    Returns:
        Elements of HTML without attributes but for classes of ours.
    """
    kept = text if len(text) <= _CHARACTERS else f"{text[:_CHARACTERS]}\n\n…"
    lines = kept.expandtabs(4).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Markup("\n").join(_blocks(lines))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        block, place = _block(lines, place)
        if block:
            yield block


def _block(lines: list[str], start: int) -> tuple[Markup, int]:
    """The block that starts at a line, and where the next one starts."""
    line = lines[start]
    if not line.strip():
        return Markup(), start + 1
    if fence := _FENCE.match(line):
        return _fenced(lines, start, fence.group(1))
    if line.strip().startswith("$$") and line.count("$$") == 1:
        return _displayed(lines, start)
    if heading := _HEADING.fullmatch(line):
        return Markup("<h5>{}</h5>").format(_inline(heading.group(1))), start + 1
    for pattern, wrap in _RUNS:
        if pattern.match(line):
            end = _while(lines, start, pattern.match)
            return wrap(lines[start:end], pattern), end
    end = max(_while(lines, start, _is_paragraph), start + 1)
    return Markup("<p>{}</p>").format(_joined(lines[start:end])), end


def _while(lines: list[str], start: int, holds: Callable[[str], object]) -> int:
    return next((i for i in range(start, len(lines)) if not holds(lines[i])), len(lines))


def _is_paragraph(line: str) -> bool:
    others = (_FENCE, _HEADING, *(pattern for pattern, _ in _RUNS))
    return bool(line.strip()) and not any(pattern.match(line) for pattern in others)


def _fenced(lines: list[str], start: int, fence: str) -> tuple[Markup, int]:
    end = _while(lines, start + 1, lambda line: not line.strip().startswith(fence))
    return _plain(lines[start + 1 : end]), end + 1


def _displayed(lines: list[str], start: int) -> tuple[Markup, int]:
    """A formula on lines of its own."""
    end = _while(lines, start + 1, lambda line: "$$" not in line) + 1
    return _plain(lines[start:end]), end


def _plain(lines: list[str]) -> Markup:
    return Markup("<pre>{}</pre>").format(code("\n".join(lines)))


def _joined(lines: list[str]) -> Markup:
    """Two spaces at its end break a line, as everywhere in Markdown."""
    shown = (_inline(line.strip()) + _ENDS[line.endswith("  ")] for line in lines[:-1])
    return Markup("").join([*shown, _inline(lines[-1].strip())])


def _items(lines: list[str], pattern: re.Pattern[str]) -> Markup:
    items = (Markup("<li>{}</li>").format(_inline(text)) for text in _texts(lines, pattern))
    return Markup("").join(items)


def _texts(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [found.group(1) for found in map(pattern.match, lines) if found]


def _bullets(lines: list[str], pattern: re.Pattern[str]) -> Markup:
    return Markup("<ul>{}</ul>").format(_items(lines, pattern))


def _numbers(lines: list[str], pattern: re.Pattern[str]) -> Markup:
    return Markup("<ol>{}</ol>").format(_items(lines, pattern))


def _quoted(lines: list[str], pattern: re.Pattern[str]) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(_joined(_texts(lines, pattern)))


def _table(lines: list[str], pattern: re.Pattern[str]) -> Markup:
    return _plain(lines)


_RUNS: Final[tuple[tuple[re.Pattern[str], Callable[[list[str], re.Pattern[str]], Markup]], ...]] = (
    (_BULLET, _bullets),
    (_NUMBER, _numbers),
    (_QUOTE, _quoted),
    (re.compile(r"\s*\|.*"), _table),
)
"""Runs of lines that belong together, and how they are shown."""


def _inline(text: str) -> Markup:
    """A line whose code and emphasis are laid out; its formulas are left alone."""
    line = escape_line(text, limit=_LINE)
    shown: list[Markup] = []
    place = 0
    for found in _INLINE.finditer(line):
        shown += [escape(line[place : found.start()]), _span(found)]
        place = found.end()
    return Markup("").join([*shown, escape(line[place:])])


def _span(found: re.Match[str]) -> Markup:
    kind, text = found.lastgroup, found.group()
    if kind == "code":
        return Markup("<code>{}</code>").format(text.strip("`"))
    if kind == "maths":
        return Markup('<span class="maths">{}</span>').format(text)
    return Markup("<{0}>{1}</{0}>").format(Markup(kind), found.group(str(kind)))
