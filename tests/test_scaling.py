"""Exponents of saved timings, told to the person who marks the text about them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adcheck import grade
from adcheck.assignment import load_assignment
from adcheck.course import Entry, HandIn, Student
from adcheck.errors import GraderError
from adcheck.language import using
from adcheck.model import Item
from adcheck.report import page, render, review
from adcheck.scaling import MOST_TABLES, evidence
from adcheck.survey import reader

NS = [50, 117, 185, 253, 320]
TOLD = (
    "Fitted to the table saved in cell 1, from n = 50 to 320: `full_mean` n^2.00 ± 0.01, "
    "`naive_mean` n^2.0 ± 0.2, `hvp_mean` n^1.00 ± 0.01 (intervals of 95 % confidence). Theory: 2 "
    "(Hessian and product), 2 (product alone), 1 (efficient product)."
)


def analysis() -> Item:
    return next(i for i in load_assignment("hvp").items if i.id == "hvp.analysis")


def frame(factor: float = 1.0) -> Any:
    noise = [1.05, 0.9, 1.1, 0.95, 1.0]
    return pd.DataFrame(
        {
            "n": NS,
            "full_mean": [1e-5 * n**2 * factor for n in NS],
            "full_std": 1e-4,
            "naive_mean": [1e-7 * n**2 * f for n, f in zip(NS, noise, strict=True)],
            "naive_std": 1e-7,
            "hvp_mean": [1e-6 * n for n in NS],
            "hvp_std": 1e-7,
        }
    )


def notebook(tmp_path: Path, *frames: Any, source: str = "table") -> str:
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "source": source,
            "outputs": [{"output_type": "display_data", "data": {"text/html": f._repr_html_()}}],
        }
        for f in frames
    ]
    path = tmp_path / "hw.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    )
    return str(path)


def test_the_exponent_of_each_mean_stands_beside_theory(tmp_path: Path) -> None:
    assert evidence(notebook(tmp_path, frame()), analysis()) == (TOLD,)


def test_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    path = notebook(tmp_path, frame())
    with using("ru"):
        (told,) = evidence(path, analysis())
    assert told.startswith("Показатели по таблице, сохранённой в ячейке 1, для n от 50 до 320:")
    assert told.endswith(
        "2 (гессиан и произведение), 2 (одно произведение), 1 (эффективное произведение)."
    )


def test_a_column_without_a_name_is_told_by_its_place(tmp_path: Path) -> None:
    rows = [(n, 1e-5 * n**2, 1e-7 * n**2, 1e-6 * n) for n in NS]
    cell = {"cell_type": "code", "source": "", "outputs": [{"text": f"{rows}\n"}]}
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({"cells": [cell]}))
    (told,) = evidence(str(path), analysis())
    assert "column 2 n^2.00 ± 0.01, column 3 n^2.00 ± 0.01, column 4 n^1.00 ± 0.01 (" in told


def test_the_same_table_is_told_once_and_not_too_many(tmp_path: Path) -> None:
    others = [frame().assign(n=[n + k for n in NS]) for k in range(MOST_TABLES + 2)]
    assert len(evidence(notebook(tmp_path, frame(), frame(), frame(2.0)), analysis())) == 1
    assert len(evidence(notebook(tmp_path, *others), analysis())) == MOST_TABLES


def test_nothing_is_told_where_nothing_is_asked_or_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = notebook(tmp_path, frame())
    others = [i for i in load_assignment("hvp").items if i.id != "hvp.analysis"]
    assert [evidence(path, item) for item in others] == [()] * len(others)
    assert evidence(notebook(tmp_path, frame().drop(columns="n")), analysis()) == ()

    def fails(*_: object) -> None:
        raise GraderError("gone")

    monkeypatch.setattr(reader, "measured", fails)
    assert evidence(path, analysis()) == ()


def test_who_marks_sees_it_on_every_page(tmp_path: Path) -> None:
    path = notebook(tmp_path, frame(), source="def hvp(f, x, v):\n    return v\n")
    report = grade(path, assignments=["hvp"], only=["hvp.analysis"])
    items = json.loads(render(report, "json"))["assignments"][0]["items"]
    assert {i["id"]: i["evidence"] for i in items if i["evidence"]} == {"hvp.analysis": [TOLD]}
    entry = Entry(HandIn(Student("ann", "Ann"), ("hw.ipynb",)), report)
    for text in (review.render([entry]), page.render(entry)):
        assert "<code>full_mean</code> n^2.00 ± 0.01" in text


def test_a_module_has_no_saved_table(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_text("def hvp(f, x, v):\n    return v\n")
    report = grade(tmp_path / "hw.py", assignments=["hvp"], only=["hvp.analysis"])
    assert [item.evidence for item in report.items] == [()] * len(report.items)
