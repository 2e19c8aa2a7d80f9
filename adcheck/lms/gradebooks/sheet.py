"""A teacher's CSV, in which single cells are replaced and every other byte stays as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adcheck.errors import UsageError
from adcheck.lms.members import is_cyrillic

__all__ = ["Cell", "Sheet", "harmless", "read_sheet", "table"]

_MOST_BYTES: Final = 64 << 20
_DELIMITERS: Final = (",", ";", "\t")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SPECIAL: Final = re.compile(r'[",\r\n]')
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, and which characters of the sheet's text say so."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """A CSV as it was read.

    Attributes:
        rows: the cells of each line that is not empty, the header first.
        delimiter: what stands between cells.
    """

    rows: tuple[tuple[Cell, ...], ...]
    delimiter: str
    text: str
    encoding: str
    bom: bytes

    @property
    def header(self) -> list[str]:
        """The columns' titles, without spaces around them."""
        return [cell.value.strip() for cell in self.rows[0]]

    def value(self, row: int, column: int) -> str:
        """What a cell says, without spaces around it; nothing where the row is too short."""
        cells = self.rows[row]
        return cells[column].value.strip() if 0 <= column < len(cells) else ""

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The whole sheet with other values in some cells.

        Args:
            cells: by row and column, both from 0; each has to be there already.
        """
        parts, at = [], 0
        for (row, column), value in sorted(cells.items()):
            start, end = self.rows[row][column].start, self.rows[row][column].end
            quoted = self.text[start : start + 1] == '"' or any(
                sign in value for sign in (self.delimiter, '"', "\n", "\r")
            )
            new = '"' + value.replace('"', '""') + '"' if quoted else value
            parts += [self.text[at:start], new]
            at = end
        return self.bom + ("".join(parts) + self.text[at:]).encode(self.encoding)


def read_sheet(data: bytes) -> Sheet:
    """Read a CSV whose delimiter, encoding and line ends are unknown.

    Raises:
        UsageError: this is no CSV, or too large a one.
    """
    if len(data) > _MOST_BYTES:
        raise UsageError(f"The sheet is larger than {_MOST_BYTES >> 20} MB, so it was not read.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError("The sheet is an Excel file; download it as CSV, or save it as one.")
    text, encoding, bom = _decoded(data)
    delimiter = max(_DELIMITERS, key=lambda sign: _fit(text, sign))
    scanned = _scan(text, delimiter)
    rows = tuple(tuple(row) for row in scanned if any(cell.value.strip() for cell in row))
    if not rows:
        raise UsageError("The sheet is empty; download it again.")
    return Sheet(rows, delimiter, text, encoding, bom)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A new CSV in UTF-8, with a line feed after every row, as `csv` readers expect it."""
    lines = (",".join(map(_quoted, row)) for row in (header, *rows))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _quoted(cell: str) -> str:
    """A lone carriage return, which `csv` does not quote, ends a line for whoever reads it."""
    return '"{}"'.format(cell.replace('"', '""')) if _SPECIAL.search(cell) else cell


def harmless(text: str) -> str:
    """Keep a student's text from being read as a formula by whatever opens the sheet."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _decoded(data: bytes) -> tuple[str, str, bytes]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), encoding, bom
            except UnicodeDecodeError as error:
                raise UsageError(f"The sheet is no readable text ({error}).") from error
    for encoding in ("utf-8", "cp1251"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or is_cyrillic(text.partition("\n")[0]):
            return text, encoding, b""
    return data.decode("latin-1"), "latin-1", b""  # every byte comes back as it was


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How well a delimiter fits: lines as long as the first one, and how long that is."""
    rows = _scan(text[:20_000], delimiter)[:20]
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows[:-1] or rows)
    return (alike if width > 1 else 0), width


def _scan(text: str, delimiter: str) -> list[list[Cell]]:
    """Split a text into cells, which may be quoted and hold line breaks then."""
    bare = re.compile(rf"[^{delimiter}\r\n]*")
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text):
        cell, at = _cell(text, at, bare)
        row.append(cell)
        if text.startswith(delimiter, at):
            at += 1
            if at == len(text):
                row.append(Cell("", at, at))
            continue
        at += 2 if text.startswith("\r\n", at) else 1
        rows.append(row)
        row = []
    return [*rows, row] if row else rows


def _cell(text: str, start: int, bare: re.Pattern[str]) -> tuple[Cell, int]:
    if not text.startswith('"', start):
        end = _end(text, start, bare)
        return Cell(text[start:end], start, end), end
    at, parts = start + 1, []
    while True:
        close = text.find('"', at)
        close = len(text) if close < 0 else close
        parts.append(text[at:close])
        at = min(close + 1, len(text))
        if not text.startswith('"', at):
            break
        parts.append('"')
        at += 1
    end = _end(text, at, bare)  # what follows a closing quotation mark belongs to no value
    return Cell("".join(parts), start, end), end


def _end(text: str, start: int, bare: re.Pattern[str]) -> int:
    found = bare.match(text, start)
    return found.end() if found else start
