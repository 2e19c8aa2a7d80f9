"""The CSV of an experiment: read back when a run goes on, and never half written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from adcheck.errors import UsageError
from adcheck.files import write_file

__all__ = ["Cell", "Columns", "Row", "Store", "read"]

Cell: TypeAlias = str | int | float
Row: TypeAlias = Mapping[str, Cell]
"""What was measured at one point, by the names of the columns."""

Columns: TypeAlias = Mapping[str, type[str] | type[int] | type[float]]
"""The columns of a CSV in order, and what each holds."""

_ADVICE = "name another folder with -o, or remove it"


class Store:
    """The rows of one run, in memory and in its file.

    Args:
        path: the file; its folder exists. Rows that it holds already are kept.
        columns: of the CSV.
        settings: values that all rows of this run share, of some of the columns.

    Attributes:
        path: the file.
        rows: all of them, in the order in which they were measured.

    Raises:
        UsageError: the file is there and is no CSV of this run.
    """

    def __init__(self, path: Path, columns: Columns, settings: Row) -> None:
        self.path, self._columns = path, columns
        self._settings = dict(settings)
        self.rows: list[Row] = read(path, columns) if path.exists() else []
        for row in self.rows:
            self._check(row)

    def having(self, keys: Row) -> list[Row]:
        """The rows that have these values in these columns."""
        return [row for row in self.rows if keys.items() <= row.items()]

    def extend(self, rows: Iterable[Row]) -> None:
        """Adds rows; the file holds all before them or all with them, at any moment.

        Args:
            rows: without the settings.

        Raises:
            UsageError: the file cannot be written.
        """
        whole = [self._settings | dict(row) for row in rows]
        for row in whole:
            if row.keys() != self._columns.keys():
                raise ValueError(f"a row with the columns {sorted(row)}")
        rows = [*self.rows, *whole]
        write_file(self.path, _text(self._columns, rows).encode())
        self.rows = rows

    def _check(self, row: Row) -> None:
        for name, wanted in self._settings.items():
            if row[name] != wanted:
                raise UsageError(
                    f"{self.path} holds another run, with {name} {row[name]} instead of {wanted}: "
                    f"{_ADVICE}."
                )


def read(path: Path, columns: Columns) -> list[Row]:
    """The rows of a CSV.

    Args:
        path: of the file.
        columns: that it has to have, in any order.

    Raises:
        UsageError: it cannot be read, or is no CSV with these columns.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', error)}.") from error
    reader = csv.DictReader(io.StringIO(text))
    if set(reader.fieldnames or ()) != set(columns):
        raise UsageError(
            f"{path} is no CSV of this experiment, whose columns are {', '.join(columns)}: "
            f"{_ADVICE}."
        )
    rows: list[Row] = []
    for line in reader:
        try:
            rows.append({name: kind(line[name]) for name, kind in columns.items()})
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"{path}, line {reader.line_num}, has a value that cannot be read: {_ADVICE}."
            ) from error
    return rows


def _text(columns: Columns, rows: Iterable[Row]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
