"""Tables of numbers in what a notebook printed: of HTML, of lines, of lists and dictionaries.

What is printed is a stranger's. Only tables that leave no doubt about what stands where are taken:
every row as long as the others, nothing left out, nothing wrapped.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

__all__ = ["Table", "in_html", "in_literals", "in_text"]

MOST_ROWS = 200
MOST_COLUMNS = 30
LONGEST_LINE = 500
LONGEST_NAME = 120  # of a column; a name that were cut might have ended in "deviation"
MOST_LITERALS = 20  # lines of one output that are read as Python


@dataclass(frozen=True)
class Table:
    """Rows of numbers, all of one length.

    Attributes:
        names: of the columns; none if the table names none of them.
        rows: None where there is no number.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]


def _table(names: Sequence[str], rows: Sequence[Sequence[float | None]]) -> Table | None:
    """A table, if its rows and names fit together and are not too many."""
    widths = {len(row) for row in rows} | ({len(names)} if names else set())
    if len(widths) != 1 or not 2 <= min(widths) <= MOST_COLUMNS or len(rows) > MOST_ROWS:
        return None
    if any(len(name) > LONGEST_NAME for name in names):
        return None
    told = tuple(map(_name, names))
    return Table(told if any(told) else (), tuple(map(tuple, rows)))


def _name(text: str) -> str:
    """A column's name of words alone, which can say nothing else to whom it is shown."""
    return " ".join(re.sub(r"[^\w.()±+/-]+", " ", text).split())


# --------------------------------------------------------------------------- HTML


def in_html(text: str) -> Iterator[Table]:
    """The tables of a page, such as pandas makes of a data frame."""
    parser = _Rows()
    parser.feed(text)
    for rows in parser.tables:
        leading = itertools.takewhile(lambda row: all(cell.head for cell in row), rows)
        heads = [_spread(row) for row in leading]
        body = [[_number(cell.text) for cell in row] for row in rows[len(heads) :]]
        if not heads or not body or {len(row) for row in heads} != {len(body[0])}:
            continue
        if any(cell.wide > 1 for row in rows[len(heads) :] for cell in row):
            continue
        parts = zip(*heads, strict=True)
        names = [" ".join(dict.fromkeys(filter(None, part))) for part in parts]
        table = _table(names, body)
        if table is not None:
            yield table


@dataclass
class _Cell:
    head: bool
    wide: int
    text: str = ""


def _spread(row: Sequence[_Cell]) -> list[str]:
    """The texts of a row of headings, once for each column below it."""
    return [" ".join(cell.text.split()) for cell in row for _ in range(cell.wide)]


class _Rows(HTMLParser):
    """Takes the rows of each table, up to a bound."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[_Cell]]] = []
        self._cell: _Cell | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables and len(self.tables[-1]) <= MOST_ROWS + 5:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            span = dict(attrs).get("colspan") or "1"
            wide = int(span) if re.fullmatch("[0-9]{1,2}", span) else MOST_COLUMNS + 1
            self._cell = _Cell(tag == "th", wide)
            if len(self.tables[-1][-1]) <= MOST_COLUMNS:
                self.tables[-1][-1].append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None and len(self._cell.text) <= LONGEST_NAME:
            self._cell.text += data


# --------------------------------------------------------------------------- lines

# A sign belongs to a number only where the number begins, so that 0.1+-0.01 holds no negative one.
_NUMBERS: Final = re.compile(
    r"(?<![\w.])(?:(?<![^\s(\[,=:|])[-+])?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"(?![0-9.])"
)
_RULER: Final = re.compile(r"[\s|+=:_─━═│┃┼╪╬┌┐└┘├┤┬┴╒╕╘╛╞╡-]*")
_QUIET: Final = re.compile(r"[\s|│┃,;:=()\[\]{}<>\"'`]+")
_UNIT: Final = re.compile(
    r"^(?:s|sec|secs|seconds|ms|us|µs|μs|с|сек|мс|мкс)\b\.?\s*", re.IGNORECASE
)
_SEPARATORS: Final = (r"\s*[|│┃]\s*", r"\t+", r"\s*[,;]\s*", r"\s{2,}", r"\s+")


def in_text(text: str) -> Iterator[Table]:
    """The table that lines of numbers make, if all lines of three or more numbers are alike."""
    lines = [line for line in text.split("\n") if not _RULER.fullmatch(line)]
    if len(lines) > 2 * MOST_ROWS or any(len(line) > LONGEST_LINE for line in lines):
        return
    if any(line.rstrip().endswith("\\") or line.split()[:1] in (["..."], ["…"]) for line in lines):
        return
    found = [list(_NUMBERS.finditer(line)) for line in lines]
    places = [place for place, numbers in enumerate(found) if len(numbers) >= 3]
    if not places or places != list(range(places[0], places[-1] + 1)):
        return
    looks = {tuple(_labels(lines[place], found[place])) for place in places}
    if len(looks) != 1:
        return
    names: Sequence[str] = [_label(part) for part in looks.pop()[:-1]]
    if not any(names):
        names = _header(lines[max(places[0] - 2, 0) : places[0]], len(names))
    rows = [[_number(number[0]) for number in found[place]] for place in places]
    table = _table(names, rows)
    if table is not None:
        yield table


def _labels(line: str, numbers: Sequence[re.Match[str]]) -> Iterator[str]:
    """What stands before each number, and behind the last one."""
    ends = [0, *(number.end() for number in numbers)]
    starts = [*(number.start() for number in numbers), len(line)]
    for end, start in zip(ends, starts, strict=True):
        between = line[end:start]
        yield " ".join(between.split()) if _QUIET.sub("", between) else ""


def _label(text: str) -> str:
    """The name in what stands between two numbers: ``naive`` of ``s, naive =``."""
    last = re.split(r"[,;|│┃]", text)[-1]
    return _UNIT.sub("", _QUIET.sub(" ", last).strip())


def _header(lines: Sequence[str], count: int) -> Sequence[str]:
    """The names in the lines above the numbers; that of an index may stand on a line of its own."""
    if len(lines) == 2 and len(lines[1].split()) == 1:
        above = _split(lines[0], count - 1)
        if above:
            return [lines[1].strip(), *above]
    if not lines:
        return ()
    return _split(lines[-1], count) or (
        ["", *rest] if (rest := _split(lines[-1], count - 1)) else ()
    )


def _split(line: str, count: int) -> list[str]:
    for separator in _SEPARATORS:
        parts = [part for part in re.split(separator, line.strip().strip("[](){}#")) if part]
        if len(parts) == count and not any(_number(part) is not None for part in parts):
            return parts
    return []


# --------------------------------------------------------------------------- Python's own forms

_WRAPPED: Final = re.compile(
    r"\b(?:np\.|numpy\.|jnp\.)?(?:float32|float64|int32|int64|Array|array|DeviceArray)"
    r"\(([^()\[\],]{1,40})(?:, ?[a-z_]+=[\w.]{1,20}){0,2}\)"
)


def in_literals(text: str) -> Iterator[Table]:
    """Lists of dictionaries or tuples, and dictionaries of lists: the whole, or a line each."""
    lines = [line for line in text.split("\n") if line.lstrip()[:1] in ("[", "(", "{")]
    for piece in dict.fromkeys([text.strip(), *lines[:MOST_LITERALS]]):
        if piece.lstrip()[:1] not in ("[", "(", "{"):
            continue
        try:
            value = ast.literal_eval(_WRAPPED.sub(r"\1", piece.strip()))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        table = _of_value(value)
        if table is not None:
            yield table


def _of_value(value: object) -> Table | None:
    if isinstance(value, Mapping):
        names = list(value)[: MOST_COLUMNS + 1]
        columns = [value[name] for name in names]
        if not all(isinstance(column, list | tuple) for column in columns):
            return None
        if len({len(column) for column in columns}) != 1:
            return None
        rows: list[Sequence[object]] = list(zip(*columns, strict=True))
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        names = list(value[0])
        if not all(isinstance(row, Mapping) and list(row) == names for row in value):
            return None
        rows = [list(row.values()) for row in value]
    elif isinstance(value, list | tuple) and all(isinstance(row, list | tuple) for row in value):
        names, rows = [], list(value)
    else:
        return None
    if not all(isinstance(name, str) for name in names):
        return None
    return _table(names, [[_as_number(entry) for entry in row] for row in rows])


# --------------------------------------------------------------------------- numbers


def _number(text: str) -> float | None:
    found = _NUMBERS.fullmatch(text.strip()) if len(text) <= 40 else None
    return _as_number(float(found[0])) if found else None


def _as_number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
