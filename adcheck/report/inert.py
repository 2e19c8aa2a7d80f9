"""Text inside Markdown that stays text: nothing in it links, shows a picture or calls a person.

GitHub, GitLab and Gradescope read different dialects, so what any of them would obey is taken
apart: by backslashes and entities, and by a space of no width after ``@`` and ``#``, which name
people and issues even as entities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from adcheck.report.escape import escape_line

__all__ = ["code", "fenced", "prose"]

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_NAMES: Final = {"@": "@&#8203;", "#": "\\#&#8203;"}
_PUNCTUATION: Final = {mark: f"\\{mark}" for mark in "\\`*_{}[]~$!"}
_INERT: Final = str.maketrans(_ENTITIES | _NAMES | _PUNCTUATION)
_LINKS: Final = re.compile(r"(?i)(:)(//)|(www)(\.)")
_STARTS: Final = re.compile(r"^(\s*)(?:([-+=:])|(\d+)([.)]))")


def prose(text: str, *, limit: int = 600) -> str:
    """A line of text without a bar, for paragraphs and cells of tables.

    What stands between backticks becomes code, unless a bar in it might end a cell.
    """
    line = escape_line(text.strip(), limit=limit)
    pieces = line.split("`")
    if len(pieces) % 2 == 0:  # a backtick without a partner is a backtick
        return _first(_plain(line))
    shown = (
        code(piece) if index % 2 and "|" not in piece else _plain(piece)
        for index, piece in enumerate(pieces)
    )
    return _first("".join(shown))


def code(text: str, *, limit: int = 300) -> str:
    """A span of code, which nothing in the text can end."""
    line = escape_line(text, limit=limit).strip()
    if not line:
        return ""
    ticks = "`" * (_longest_run(line) + 1)
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def fenced(lines: Sequence[str]) -> str:
    """A block of lines that are escaped already, which none of them can end."""
    ticks = "`" * max(3, max(map(_longest_run, lines), default=0) + 1)
    return "\n".join([f"{ticks}text", *lines, ticks])


def _plain(text: str) -> str:
    inert = text.translate(_INERT)
    return _LINKS.sub(lambda found: "&#8203;".join(filter(None, found.groups())), inert)


def _first(line: str) -> str:
    """A line that begins no list, heading or rule."""
    return _STARTS.sub(lambda f: f"{f[1]}\\{f[2]}" if f[2] else f"{f[1]}{f[3]}\\{f[4]}", line)


def _longest_run(line: str) -> int:
    return max(map(len, re.findall("`+", line)), default=0)
