"""Checks for a notebook: grade a function as it is defined there right now.

In a cell::

    from adcheck.notebook import check

    check("hvp.hessian", calculate_hessian)  # one function
    check("hvp")                             # all of an assignment's that are defined by now

or, above the cell that defines it, ``%%adcheck hvp.hessian``; on a line, ``%adcheck hvp``.

What was run in the notebook so far is put together as a homework, cell N being ``In [N]``, and
graded as any other: in processes of its own, so that nothing in the notebook is touched.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from adcheck.errors import AdcheckError, GraderError, UsageError
from adcheck.language import ENGLISH, LANGUAGES, MARKED, current, of_locale, tr, use, using
from adcheck.model import Feedback, Item, Report, Status

__all__ = ["Result", "check", "load_ipython_extension"]

_MODULE_BYTES: Final = 2**20
_ROOT: Final = str(Path(__file__).resolve().parent.parent)


class Result:
    """What a check found; notebooks show it as a table.

    Attributes:
        report: everything, for programs.
        language: in which it is shown.
    """

    def __init__(self, report: Report, language: str = ENGLISH) -> None:
        self.report, self.language = report, language

    def __repr__(self) -> str:
        """What a program without HTML shows: the table of `adcheck check`."""
        from adcheck.report import render

        with using(self.language):
            return render(self.report).rstrip("\n")

    def _repr_html_(self) -> str:
        from adcheck.report.fragment import render_fragment

        with using(self.language):
            return render_fragment(self.report)


def check(
    what: str,
    function: Callable[..., Any] | None = None,
    *,
    seed: int = 0,
    assignment: str | None = None,
    lang: str | None = None,
) -> Result:
    """Grade a function of this notebook, or all of an assignment's.

    Args:
        what: an item, such as ``"hvp.hessian"``, or an assignment, such as ``"hvp"``.
        function: the function to grade, whatever it is called; by default the one that is
            found under one of the item's names.
        seed: of the test inputs.
        assignment: a folder with an assignment of your own; otherwise `what` says which.
        lang: language of what is told, ``"en"``, ``"ru"`` or ``"uk"``; by default the locale's.

    Raises:
        UsageError: there is no such item, assignment or language.
    """
    with using(_language(lang)):
        return _checked(what, function, seed, assignment)


def _language(lang: str | None) -> str:
    if lang is not None and lang not in (*LANGUAGES, MARKED):
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}, and not {lang!r}")
    return lang or of_locale()


def _checked(
    what: str, function: Callable[..., Any] | None, seed: int, assignment: str | None
) -> Result:
    slug, _, name = what.partition(".")
    given = assignment or slug
    item = _item(given, what) if name else None
    cells = _cells(function)
    if function is not None:
        if item is None:
            raise UsageError(f"name the function's item, as in check('{slug}.hvp', hvp)")
        cells.append(_alias(function, item))
    with tempfile.TemporaryDirectory(prefix="adcheck-") as folder:
        _copy_modules(Path.cwd(), Path(folder))
        path = Path(folder) / "notebook.ipynb"
        path.write_text(json.dumps(_notebook(cells)), "utf-8")
        request = {
            "assignment": given,
            "only": [item.id] if item else [],
            "seed": seed,
            "language": current(),
        }
        return Result(_asked_for(_graded(path, request)), current())


def load_ipython_extension(shell: Any) -> None:
    """Add ``%adcheck`` and ``%%adcheck``, as ``%load_ext adcheck.notebook`` asks for."""

    def adcheck(line: str, cell: str | None = None) -> Result | None:
        """Grade what is named, such as hvp.hessian; a cell is run first."""
        if cell is not None and not shell.run_cell(cell, store_history=False).success:
            return None  # the error is on the screen already
        try:
            return check(line.strip())
        except AdcheckError as error:
            print(f"adcheck: {error}", file=sys.stderr)
            return None

    shell.register_magic_function(adcheck, "line_cell", "adcheck")


# --------------------------------------------------------------------------- what is graded


def _item(assignment: str, id_: str) -> Item:
    from adcheck.assignment import load_assignment

    items = {item.id: item for item in load_assignment(assignment).items}
    if id_ not in items:
        raise UsageError(f"there is no item {id_!r}: there are {', '.join(items)}")
    return items[id_]


def _cells(function: Callable[..., Any] | None) -> list[str]:
    """What was run so far, by number; outside of a notebook, the function's own module."""
    module = inspect.getmodule(inspect.unwrap(function)) if function is not None else None
    imported = module is not None and module.__name__ != "__main__"
    shell = _shell()
    cells = list(shell.history_manager.input_hist_raw[1:]) if shell is not None else []
    if imported or shell is None:
        try:
            cells.append(inspect.getsource(module or sys.modules["__main__"]))
        except (OSError, TypeError):
            raise UsageError("the source of what is to be graded cannot be found") from None
    return cells


def _alias(function: Callable[..., Any], item: Item) -> str:
    """A cell that gives a function a name under which its item is looked for."""
    name = inspect.unwrap(function).__qualname__
    shell = _shell()
    space = shell.user_ns if shell is not None else {}
    known = (key for key, value in space.items() if value is function and key[0] != "_")
    name = next(known, name)
    plain = next((other for other in item.names if other.isidentifier()), "")
    if name in item.names or not plain:
        return ""
    if "<" in name:
        raise UsageError("give the function a name first: one without cannot be found again")
    return f"{plain} = {name}"


def _shell() -> Any:
    """The notebook's shell; None in a plain program."""
    if "IPython" not in sys.modules:
        return None
    import IPython

    return IPython.get_ipython()


def _notebook(cells: Sequence[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "source": source,
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
            for source in cells
        ],
    }


def _copy_modules(source: Path, target: Path) -> None:
    """What the notebook may import from its own folder."""
    for path in source.glob("*.py"):
        if path.is_file() and path.stat().st_size <= _MODULE_BYTES:
            shutil.copyfile(path, target / path.name)


# --------------------------------------------------------------------------- grading


def _graded(path: Path, request: dict[str, Any]) -> Report:
    """Grade in a process of its own: it sets JAX up as it needs it, and ends with the call."""
    from adcheck.records import restored

    known = os.pathsep.join([_ROOT, *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    done = subprocess.run(
        [sys.executable, "-m", "adcheck.notebook", str(path)],
        input=json.dumps(request),
        env={**os.environ, "PYTHONPATH": known.rstrip(os.pathsep)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise GraderError(f"adcheck failed: {last}") from None
    if "error" in answer:
        raise UsageError(answer["error"])
    return restored(Report, answer["report"])


def _asked_for(report: Report) -> Report:
    """The report as a student reads it, without the items that were left out."""
    from adcheck.feedback import told

    report = told(report, Feedback.HINTS)
    assignments = tuple(
        replace(a, items=tuple(i for i in a.items if i.status is not Status.SKIPPED))
        for a in report.assignments
    )
    return replace(report, path=tr("this notebook"), assignments=assignments)


def _main(path: str) -> None:
    from adcheck.grading import grade
    from adcheck.records import plain

    request = json.loads(sys.stdin.read())
    chosen = [request["assignment"]]
    use(request["language"])
    try:
        report = grade(path, assignments=chosen, only=request["only"], seed=request["seed"])
        answer = {"report": plain(report)}
    except UsageError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1])
elif (_here := _shell()) is not None:
    load_ipython_extension(_here)
