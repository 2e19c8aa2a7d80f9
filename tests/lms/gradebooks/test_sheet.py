import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcheck.errors import UsageError
from adcheck.lms.gradebooks.sheet import harmless, read_sheet

CELLS = st.text(st.sampled_from('ab ,;"\n\r\tя='), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=5), st.booleans())
def test_cells_are_what_the_standard_library_reads(rows: list[list[str]], crlf: bool) -> None:
    rows = [["one", "two", "three"], *(["x", *row[1:]] for row in rows)]
    out = io.StringIO()
    # Left to itself, csv quotes no lone carriage return, which nobody could read back.
    returns = any("\r" in cell for row in rows for cell in row)
    end = "\r\n" if crlf else "\n"
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    (writer if returns else csv.writer(out, lineterminator=end)).writerows(rows)
    sheet = read_sheet(out.getvalue().encode())
    if sheet.delimiter == ",":
        assert [[cell.value for cell in row] for row in sheet.rows] == rows
    assert sheet.filled({}) == out.getvalue().encode()


def test_one_cell_changes_and_nothing_else() -> None:
    text = 'a;"b";c\r\n"x;""y";  2 ;"z"tail\r\n\r\n1;2\r\n'
    sheet = read_sheet(text.encode())
    assert sheet.rows[1][0].value == 'x;"y'
    assert sheet.filled({(1, 1): "3", (1, 0): '"'}).decode() == (
        'a;"b";c\r\n"""";3;"z"tail\r\n\r\n1;2\r\n'
    )
    assert sheet.value(2, 2) == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1251"])
def test_encodings_come_back(encoding: str) -> None:
    text = "Имя,Оценка\nЁлка,1\n" if encoding != "latin-1" else "Prénom,Note\nZoë,1\n"
    data = text.encode(encoding)
    sheet = read_sheet(data)
    assert sheet.header == text.split("\n")[0].split(",")
    assert sheet.filled({(1, 1): "2"}) == text.replace("1", "2").encode(encoding)


def test_broken_and_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no readable text"):
        read_sheet(b"\xff\xfea")
    monkeypatch.setattr("adcheck.lms.gradebooks.sheet._MOST_BYTES", 3)
    with pytest.raises(UsageError, match="larger than"):
        read_sheet(b"a,b,c")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_formulas_lose_their_force(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("Ada - x") == "Ada - x"
