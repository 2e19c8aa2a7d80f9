"""Items for which nothing of a submission runs."""

from pathlib import Path

import pytest

from adcheck.assignment import load_assignment
from adcheck.model import (
    Assignment,
    Graded,
    Item,
    Part,
    PartResult,
    Problem,
    Program,
    Severity,
    Source,
    Status,
    Submission,
)
from adcheck.survey import Findings, Programs
from adcheck.unrun import missing_result, unrun, without_running

PARTS = (Part("values", "Right values", 3.0), Part("fast", "No loop", 2.0, requires="values"))
ADD = Item("sums.add", "Adding up", "add", "add(x, y)", 5.0, Graded.AUTO, ("add",), PARTS)
PLOT = Item("sums.plot", "A plot", "plot", "plot(x)", 1.0, Graded.AUTO_OR_MANUAL, ("plot",))
ESSAY = Item("sums.essay", "Essay", "", "", 2.0, Graded.MANUAL)
SUMS = Assignment("sums", "Sums", "", (ADD, PLOT, ESSAY), "", {}, Source("given", ""), (), dict)


def submission(*problems: Problem) -> Submission:
    return Submission("hw.py", "hw.py", "", (), problems=problems)


def findings(**targets: str) -> Findings:
    program = Program((), targets={f"sums.{item}": name for item, name in targets.items()})
    return Findings(Programs(program, {}, program), suggestions={"sums.add": "addd"})


def test_a_missing_function_is_told_with_what_may_be_meant() -> None:
    assert missing_result(ADD, None, "").message == "No function named add was found."
    result = missing_result(ADD, "ad", "Cell 3 is not valid Python.")
    assert result.message == (
        "No function named add was found. There is one named ad: rename it if it is meant. "
        "Cell 3 is not valid Python."
    )
    assert (result.status, result.points, result.name) == (Status.MISSING, 0.0, "")
    assert result.parts == (
        PartResult("values", "Right values", 0.0, 3.0, Status.MISSING),
        PartResult("fast", "No loop", 0.0, 2.0, Status.MISSING),
    )


@pytest.mark.parametrize(
    ("item", "only", "status", "message"),
    [
        pytest.param(
            ADD,
            (),
            Status.MISSING,
            "No function named add was found. There is one named addd: rename it if it is meant.",
            id="missing",
        ),
        pytest.param(
            PLOT,
            (),
            Status.MANUAL,
            "There is no function plot, so a person marks it.",
            id="missing, and a person can mark it",
        ),
        pytest.param(ESSAY, (), Status.MANUAL, "A person marks it.", id="manual"),
        pytest.param(ADD, ("sums.plot",), Status.SKIPPED, "", id="not asked for"),
        pytest.param(ESSAY, ("sums.essay",), Status.MANUAL, "A person marks it.", id="asked for"),
    ],
)
def test_what_comes_of_an_item_of_which_nothing_runs(
    item: Item, only: tuple[str, ...], status: Status, message: str
) -> None:
    result = unrun(item, submission(), findings(), only)
    assert result is not None
    assert (result.status, result.message, result.points) == (status, message, 0.0)


def test_a_function_that_was_found_has_to_run() -> None:
    assert unrun(ADD, submission(), findings(add="add"), ()) is None


def test_why_nothing_was_found_is_told_with_its_place() -> None:
    error = Problem(Severity.ERROR, "syntax-error", "This is no Python.", "cell 3, line 4")
    note = Problem(Severity.NOTE, "left-out", "A download was left out.", "cell 1")
    result = unrun(ADD, submission(note, error), findings(), ())
    assert result is not None
    assert result.message.endswith("rename it if it is meant. cell 3, line 4: This is no Python.")


def test_every_item_has_a_row_in_its_order() -> None:
    result = without_running(SUMS, submission(), findings(), ())
    assert [row.item for row in result.items] == [ADD, PLOT, ESSAY]
    assert (result.slug, result.title, result.score) == ("sums", "Sums", 0.0)


def test_tables_that_were_saved_are_told_to_the_person_who_marks(tmp_path: Path) -> None:
    rows = "\n".join(f"{n} {1e-5 * n**2} {1e-7 * n**2} {1e-6 * n}" for n in (50, 100, 200, 400))
    text = "\\n".join(["n full naive hvp", *rows.splitlines()])
    path = tmp_path / "hw.ipynb"
    path.write_text(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", '
        '"source": "def f(:", "metadata": {}, "execution_count": 1, "outputs": [{"output_type": '
        f'"stream", "name": "stdout", "text": "{text}"}}]}}]}}'
    )
    read = Submission(str(path), "hw.ipynb", "", ())
    hvp = load_assignment("hvp")
    analysis = without_running(hvp, read, findings(), ()).items[-1]
    assert analysis.item.id == "hvp.analysis"
    (told,) = analysis.evidence
    assert told.startswith("Fitted to the table saved in cell 1, from n = 50 to 400: `full` n^2.00")
