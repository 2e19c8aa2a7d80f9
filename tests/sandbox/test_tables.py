"""Tables in the forms that students' programs have, and what is sent of them: names and numbers."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adcheck.sandbox.tables import MAX_DEPTH, made, plain

COLUMNS: dict[str, list[float]] = {"n": [1, 2], "mean": [0.5, 0.25]}


@dataclass
class Row:
    n: int
    mean: float


Point = namedtuple("Point", ["n", "mean"])

RECORDS = [{"n": 1, "mean": 0.5}, {"n": 2, "mean": 0.25}]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (RECORDS, RECORDS),
        (COLUMNS, COLUMNS),
        ([Row(1, 0.5), Row(2, 0.25)], RECORDS),
        ([Point(1, 0.5), Point(2, 0.25)], RECORDS),
        (pd.DataFrame(RECORDS), COLUMNS),
        (pd.DataFrame(RECORDS).set_index("n"), COLUMNS),
        (np.array([(1, 0.5), (2, 0.25)], [("n", int), ("mean", float)]), COLUMNS),
        (np.array([[1, 0.5], [2, 0.25]]), [[1.0, 0.5], [2.0, 0.25]]),
        ({(1, "a"): np.float32(0.5)}, {"1 a": 0.5}),
        (pd.DataFrame({("full", "mean"): [1.0], ("full", "std"): [2.0]}),
         {"full mean": [1.0], "full std": [2.0]}),
        ((np.array(0.5), None, "text", True), [0.5, None, "text", True]),
        (iter([1, 2]), [1, 2]),
    ],
    ids=["records", "columns", "dataclasses", "named-tuples", "frame", "index", "structured",
         "array", "pairs-as-keys", "two-levels", "leaves", "iterator"],
)  # fmt: skip
def test_a_table_becomes_names_and_numbers(table: Any, expected: Any) -> None:
    assert plain(table) == expected


def test_what_is_no_table_is_shown_and_not_followed() -> None:
    nested: list[Any] = []
    nested.append(nested)
    told = plain(nested)
    for _ in range(MAX_DEPTH):
        (told,) = told
    assert told == ["…"]
    assert isinstance(plain(object()), str)
    assert len(plain("x" * 1000)) < 400


@pytest.mark.parametrize("form", ["records", "columns", "structured", "frame"])
def test_what_is_made_reads_back(form: str) -> None:
    expected: Any = RECORDS if form == "records" else COLUMNS
    assert plain(made(COLUMNS, form)) == expected
