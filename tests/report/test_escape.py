import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adcheck.report.escape import SYMBOLS, disarm, escape_line, escape_lines, to_ascii

ANYTHING = st.text(st.characters(exclude_categories=()))  # lone surrogates included


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, α² – ok", "plain text, α² – ok"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x9b2J\x7f\x00", r"\x9b2J\x7f\x00"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\udc80", r"\udc80"),
        ("\U000e0041", r"\U000e0041"),
        ("no\xa0break", "no break"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 3 + r"\u0301\u0301"),
        ("##[error]x", r"\x23#[error]x"),
        ("a ###vso[task.x] ##teamcity[y]", r"a #\x23#vso[task.x] \x23#teamcity[y]"),
        ("# [x] ## heading, a[::2]", "# [x] ## heading, a[::2]"),
        ("", ""),
    ],
    ids=ascii,
)
def test_one_line(text: str, shown: str) -> None:
    assert escape_line(text) == shown


@given(ANYTHING, st.integers(min_value=1, max_value=50))
def test_nothing_hidden_and_nothing_long(text: str, limit: int) -> None:
    line = escape_line(text, limit=limit)
    assert len(line) <= limit
    assert line.isprintable()
    line.encode("utf-8")


@given(ANYTHING)
def test_escaping_twice_changes_nothing(text: str) -> None:
    line = escape_line(text)
    assert escape_line(line) == line


@given(ANYTHING, st.integers(1, 20), st.integers(1, 5))
def test_several_lines(text: str, limit: int, lines: int) -> None:
    shown = escape_lines(text, limit=limit, lines=lines)
    assert 1 <= len(shown) <= lines
    assert all(len(line) <= limit and line.isprintable() for line in shown)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("::error file=hw.py::x", r"\::error file=hw.py::x"),
        ("    ::error::x", r"   \::error::x"),
        (" ::", r"\::"),
        ("\x1b[1m  \x1b[31m::error::x", "\x1b[1m  \x1b[31m\\::error::x"),
        ("  y = x[::2]", "  y = x[::2]"),
        ("a::b ::error::", "a::b ::error::"),
        (": :", ": :"),
        ("", ""),
    ],
    ids=ascii,
)
def test_a_line_is_no_command_to_a_ci(line: str, printed: str) -> None:
    assert disarm(line) == printed


@given(st.text(" :#[a\x1b\n"))
def test_what_is_escaped_and_disarmed_is_no_command_at_all(text: str) -> None:
    line = disarm(escape_line(text))
    assert not line.lstrip().startswith("::")
    assert "##[" not in line
    assert disarm(line) == line


def test_what_is_cut_says_so() -> None:
    assert escape_line("x" * 301) == "x" * 299 + "…"
    assert escape_lines("a\nb\nc\nd", lines=3) == ["a", "b", "…"]
    assert escape_lines("\n\na\r\nb\n") == ["a", "b"]


def test_every_symbol_is_one_column_wide_and_has_an_ascii_stand_in() -> None:
    assert all(cell_len(symbol) == 1 for symbol in SYMBOLS)
    assert all(unicodedata.east_asian_width(symbol) not in "WF" for symbol in SYMBOLS)
    plain = to_ascii(SYMBOLS)
    assert plain.isascii()
    assert len(plain) == len(SYMBOLS)
