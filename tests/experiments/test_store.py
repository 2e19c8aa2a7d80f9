from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.experiments.store import Columns, Row, Store, read

COLUMNS: Columns = {"seed": int, "name": str, "value": float}


def store(path: Path, seed: int = 0) -> Store:
    return Store(path, COLUMNS, {"seed": seed})


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows: list[Row] = [{"name": "a, b\n", "value": 0.1 + 0.2}, {"name": "", "value": float("inf")}]
    written = store(path)
    written.extend(rows[:1])
    written.extend(rows[1:])
    assert store(path).rows == [{"seed": 0, **row} for row in rows]
    assert store(path).having({"name": ""}) == [{"seed": 0, **rows[1]}]
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]  # nothing half written is left


def test_a_csv_of_another_run_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    store(path).extend([{"name": "a", "value": 1.0}])
    before = path.read_bytes()
    with pytest.raises(UsageError, match="another run, with seed 0 instead of 1: name another"):
        store(path, seed=1)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no CSV of this experiment"),
        ("seed,name\n", "no CSV of this experiment"),
        ("seed,name,value\n0,a\n", "line 2, has a value"),
        ("seed,name,value\nx,a,1\n", "line 2, has a value"),
    ],
)
def test_what_is_no_csv_of_this_experiment(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=told):
        read(path, COLUMNS)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "none.csv", COLUMNS)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "binary.csv", COLUMNS)


def test_a_row_has_every_column(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a row with the columns"):
        store(tmp_path / "a.csv").extend([{"name": "a"}])
