"""Timings in saved notebooks, in the forms in which students leave them, and what is none."""

import io
import json
import pprint
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adcheck.sandbox import reading
from adcheck.survey import Measured, reader
from adcheck.survey.measured import LONGEST_OUTPUT, measured

SIZES = ("n", "layers", "depth", "слоёв")
NS = [50, 117, 185, 253, 320]
FULL = [1.5e-3, 8.25e-3, 2.03e-2, 3.81e-2, 6.14e-2]
NAIVE = [2.5e-5, 1.37e-4, 3.42e-4, 6.4e-4, 1.03e-3]
HVP = [5.1e-5, 1.2e-4, 1.9e-4, 2.6e-4, 3.3e-4]
TIMES = (FULL, NAIVE, HVP)
NAMES = ("full", "naive", "hvp")


def rows(deviations: bool = True) -> list[dict[str, Any]]:
    table = []
    for place, n in enumerate(NS):
        row: dict[str, Any] = {"n": n}
        for name, column in zip(NAMES, TIMES, strict=True):
            row[f"{name}_mean" if deviations else name] = column[place]
            if deviations:
                row[f"{name}_std"] = column[place] / 10
        table.append(row)
    return table


def tuples() -> list[tuple[float, ...]]:
    return list(zip(NS, *TIMES, strict=True))


def page(frame: Any) -> dict[str, Any]:
    data = {"text/html": frame._repr_html_(), "text/plain": repr(frame)}
    return {"output_type": "execute_result", "data": data}


def printed(*what: object) -> dict[str, Any]:
    with redirect_stdout(io.StringIO()) as out:
        for one in what:
            print(one)
    return {"output_type": "stream", "name": "stdout", "text": out.getvalue().splitlines(True)}


def book(tmp_path: Path, *outputs: Any) -> str:
    cell = {"cell_type": "code", "metadata": {}, "source": "run()", "outputs": list(outputs)}
    cells = [{"cell_type": "markdown", "source": "# Timing"}, cell]
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    return str(path)


def found(tmp_path: Path, *outputs: Any) -> tuple[Measured, ...]:
    return measured(book(tmp_path, *outputs), SIZES, 3)


def is_read(tables: tuple[Measured, ...], names: tuple[str, ...]) -> None:
    (table,) = tables
    assert (table.cell, table.sizes) == (2, tuple(NS))
    assert [name for name, _ in table.columns] == list(names)
    for (_, column), expected in zip(table.columns, TIMES, strict=True):
        assert column == pytest.approx(expected, rel=0.01)


MEANS = ("full_mean", "naive_mean", "hvp_mean")


def frames() -> dict[str, tuple[Any, tuple[str, ...]]]:
    frame = pd.DataFrame(rows())
    pairs = pd.MultiIndex.from_product([NAMES, ["mean", "std"]])
    grouped = pd.DataFrame(frame[frame.columns[1:]].to_numpy(), columns=pairs)
    grouped.insert(0, ("num_layers", ""), NS)
    return {
        "plain": (frame, MEANS),
        "index": (frame.set_index("n"), MEANS),
        "two levels": (grouped, ("full mean", "naive mean", "hvp mean")),
        "no deviations": (pd.DataFrame(rows(False)), NAMES),
        "Russian": (
            frame.rename(
                columns=lambda c: c.replace("_mean", ", среднее").replace("_std", ", СКО")
            ).rename(columns={"n": "Число слоёв"}),
            ("full среднее", "naive среднее", "hvp среднее"),
        ),
        "more columns": (
            frame.assign(n_params=[4 * n + 2 for n in NS], ratio=1.5, runs=10, max_err=1e-9),
            MEANS,
        ),
    }


@pytest.mark.parametrize("form", frames())
def test_a_data_frame_that_is_shown(form: str, tmp_path: Path) -> None:
    frame, names = frames()[form]
    is_read(found(tmp_path, page(frame)), names)


@pytest.mark.parametrize("form", ["plain", "index", "no deviations"])
def test_a_data_frame_that_is_printed(form: str, tmp_path: Path) -> None:
    frame, names = frames()[form]
    is_read(found(tmp_path, printed("Done", frame.to_string(), "5 rows")), names)
    is_read(found(tmp_path, printed(frame.reset_index().to_csv(index=False))), names)


TEXTS = {
    "list of dictionaries": (printed("Measured:", rows()), MEANS),
    "pretty": (printed(pprint.pformat(rows(), sort_dicts=False)), MEANS),
    "NumPy's numbers": (
        printed([{k: np.float64(v) if k != "n" else v for k, v in r.items()} for r in rows()]),
        MEANS,
    ),
    "dictionary of lists": (printed({"n": NS, **dict(zip(NAMES, TIMES, strict=True))}), NAMES),
    "tuples": (printed(tuples()), ("", "", "")),
    "a tuple a line": (printed(*tuples()), ("", "", "")),
    "array": (printed(np.array(tuples())), ("", "", "")),
    "bars": (
        printed("| n | full | naive | hvp |", "|---|---|---|---|")
        | {
            "text": "| n | full | naive | hvp |\n|---|---|---|---|\n"
            + "".join("| " + " | ".join(map(str, row)) + " |\n" for row in tuples())
        },
        NAMES,
    ),
    "sentences": (
        printed(
            *(
                f"n = {n}: full {a:.3e} ± {a / 9:.1e} s, naive {b:.3e} ± {b / 9:.1e} s, "
                f"hvp {c:.3e} ± {c / 9:.1e} s"
                for n, a, b, c in tuples()
            )
        ),
        NAMES,
    ),
    "sentences in ASCII": (
        printed(*(f"depth={n} full={a} +- 1e-5, naive={b}+-1e-6, hvp={c}+-1e-6"
                  for n, a, b, c in tuples())),
        NAMES,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", TEXTS)
def test_what_is_printed(form: str, tmp_path: Path) -> None:
    output, names = TEXTS[form]
    is_read(found(tmp_path, output), names)


def changed(column: str, place: int, value: object) -> Any:
    table = rows(False)
    table[place][column] = value
    return pd.DataFrame(table)


DOUBTFUL: dict[str, Any] = {
    "unsorted": page(pd.DataFrame(rows()[::-1])),
    "twice": page(pd.DataFrame(rows() + rows()[-1:])),
    "three sizes": page(pd.DataFrame(rows()[:3])),
    "sizes by another name": page(pd.DataFrame(rows()).rename(columns={"n": "x"})),
    "sizes in an index without a name": page(pd.DataFrame(rows(False)).drop(columns="n")),
    "not a number": page(changed("hvp", 2, np.nan)),
    "negative": page(changed("hvp", 2, -1.0)),
    "zero": page(changed("full", 0, 0.0)),
    "infinite": page(changed("full", 0, np.inf)),
    "a text": page(changed("full", 0, "fast")),
    "huge": page(changed("n", 4, 10**400)),
    "wide": page(pd.DataFrame(rows(False)).assign(**{f"x{i}": 0.5 for i in range(10)})),
    "a deviation by place": printed(*[(*row, row[3] / 9) for row in tuples()]),
    "a pair for each": printed([{"n": n, "full": (a, 0.1)} for n, a, _, _ in tuples()]),
    "units that change": printed(
        *(
            f"n={n} full={a}s naive={b}{'ms' if n > 200 else 's'} hvp={c}s"
            for n, a, b, c in tuples()
        )
    ),
    "wrapped": printed(pd.DataFrame(rows()).to_string(line_width=40)),
    "cut": printed(pd.DataFrame(rows()).to_string(max_rows=4)),
    "progress": printed(*(f"n={n} run {r} of 10: {0.1 * r + 0.01}" for n in NS for r in (1, 2))),
    "whole numbers": printed(*[(n, n * n, n, 3 * n) for n in NS]),
    "a namespace": printed("[" + "[" * 9000, "{[]: 1}", "9" * 9000, "(1", "[1, 2", "{'n': 3}"),
    "long": printed("1 2 3 4\n" * 5000),
    "spaces": printed(" " * 50_000 + "x"),
    "unclosed": {"data": {"text/html": "<table><tr><th colspan=99999>" * 500}},
    "bad spans": {"data": {"text/html": "<table><tr><th colspan='-1'>n<tr><td>5</table>"}},
    "not text": {"data": {"text/html": {"a": 1}, "text/plain": 7}},
    "no output": 7,
}


@pytest.mark.parametrize("what", DOUBTFUL)
def test_of_what_is_not_certain_nothing_is_said(what: str, tmp_path: Path) -> None:
    assert found(tmp_path, DOUBTFUL[what]) == ()


def test_a_deviation_is_none_however_long_its_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(rows(False)).rename(columns={"hvp": "hvp " + "x" * 60 + " deviation"})
    assert found(tmp_path, page(frame)) == ()
    named = pd.DataFrame(rows()).rename(columns={"hvp_mean": "mean of " + "h" * 60})
    (table,) = found(tmp_path, page(named))
    assert table.columns[2][0] == "mean of " + "h" * 22


def test_a_name_says_nothing_but_words(tmp_path: Path) -> None:
    frame = pd.DataFrame(rows()).rename(columns={"hvp_mean": "mean `<b>` [x](y)\x1b"})
    (table,) = found(tmp_path, page(frame))
    assert table.columns[2][0] == "mean b x (y)"


def test_output_that_is_too_much_is_passed_over(tmp_path: Path) -> None:
    much = page(pd.DataFrame(rows()))
    much["data"]["text/html"] += " " * LONGEST_OUTPUT
    much["data"]["text/plain"] = ""
    assert found(tmp_path, much) == ()
    is_read(found(tmp_path, much, page(pd.DataFrame(rows()))), MEANS)


def test_modules_have_no_output(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_text("n = 1\n")
    assert measured(str(tmp_path / "hw.py"), SIZES, 3) == ()
    assert measured(str(tmp_path), SIZES, 3) == ()


def test_they_come_from_the_process_that_reads(tmp_path: Path) -> None:
    path = book(tmp_path, page(pd.DataFrame(rows())))
    assert reader.measured(path, SIZES, 3) == measured(path, SIZES, 3) != ()
    reading.stop()
