"""Makes hostile text safe to show: no escape sequence, hidden character or flood gets through.

Everything that comes from a submission passes here on its way to a person: messages of exceptions,
lines of code, names, paths. Where a report is printed by a CI, a runner reads along and obeys what
looks like a command to it; nothing of a submission's does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["HASH_OF_COMMAND", "SYMBOLS", "disarm", "escape_line", "escape_lines", "to_ascii"]

_MARKS_IN_A_ROW: Final = 3  # languages stack two or three accents; pranks stack fifty

_DRAWN: Final = {
    "✓": "+",
    "◐": "~",
    "✗": "x",
    "◷": "T",
    "✎": "*",
    "–": "-",
    "—": "-",
    "…": ".",
    "─": "-",
    "━": "=",
    "│": "|",
    "·": "-",
}
_TO_ASCII: Final = str.maketrans(_DRAWN)

HASH_OF_COMMAND: Final = re.compile(r"#(?=#[A-Za-z]*\[)")
"""The first ``#`` of what some CI obeys wherever it stands: ``##[error]``, ``##vso[…]``."""

# What GitHub's runner obeys at the beginning of a line, whatever space and colour is before it.
_COLONS_OF_COMMAND: Final = re.compile(r"^(?P<before>(?:\s|\x1b\[[0-9;]*m)*?) ?(?=::)")

SYMBOLS: Final = "".join(_DRAWN)
"""Every character outside ASCII that a report draws of its own accord; each is one column wide."""


def escape_line(text: str, *, limit: int = 300) -> str:
    r"""Show a text as one line.

    Args:
        text: anything at all.
        limit: how many characters may be shown; more are cut, and an ellipsis says so.

    Returns:
        Text whose characters are printable or plain spaces. What is not is written as Python
        would write it in a string: a line break as ``\n``, an escape as ``\x1b``, a
        right-to-left override as ``\u202e``; and so is the ``#`` of ``##[error]``.
    """
    shown: list[str] = []
    marks = 0
    for character in text[: limit + 1]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        shown.append(_visible(character) if marks <= _MARKS_IN_A_ROW else _code(character))
    line = HASH_OF_COMMAND.sub(r"\\x23", "".join(shown))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def escape_lines(text: str, *, limit: int = 300, lines: int = 12) -> list[str]:
    """Show a text as a few lines, split where it says so.

    Args:
        text: anything at all.
        limit: how many characters of each line may be shown.
        lines: how many lines; where there are more, the last one is an ellipsis.

    Returns:
        The lines, each as `escape_line` gives it, without empty ones at either end.
    """
    rough = text[: 4 * limit * lines].strip("\r\n").replace("\r\n", "\n").split("\n")
    kept = rough if len(rough) <= lines else [*rough[: lines - 1], "…"]
    return [escape_line(line.rstrip(), limit=limit) for line in kept]


def disarm(line: str) -> str:
    r"""Keep a line that begins with ``::`` from being a command to a CI.

    Args:
        line: one that `escape_line` let through, as it will be printed: where text was broken
            into lines, any part of it may have come first.

    Returns:
        The line, with a ``\`` before its colons. It takes the place of the space before them;
        where there is none, the line is one column longer.
    """
    return _COLONS_OF_COMMAND.sub(r"\g<before>\\", line)


def to_ascii(text: str) -> str:
    """Replace the characters of `SYMBOLS` by ASCII ones, column by column."""
    return text.translate(_TO_ASCII)


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else _code(character)


def _code(character: str) -> str:
    short = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
    if character in short:
        return short[character]
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
