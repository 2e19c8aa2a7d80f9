"""What every kind of ``adcheck experiment`` does: measure, write, draw and tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adcheck.console import deliver, page_of, progress_bar, say

if TYPE_CHECKING:
    from adcheck.experiments.engine import Kind, Plan, Run
    from adcheck.experiments.store import Row
    from adcheck.experiments.submitted import Submitted
    from adcheck.experiments.timing import Precision

__all__ = ["FOLDER", "carry_out", "measure", "opened", "redraw"]

FOLDER: Final = "experiments"
"""Where files go if nothing else is said."""


def measure(kind: Kind, csv: Path | None, output: Path | None, plan: Callable[[], Plan]) -> None:
    """Measures what a plan asks for, or only draws and tells what is in a CSV.

    Args:
        kind: of experiment.
        csv: the rows to draw; None to measure.
        output: folder for the files; None for the default.
        plan: makes the plan.

    Raises:
        UsageError: a file cannot be read or written, or matplotlib is missing; the CSV is there.
    """
    if csv is not None:
        redraw(kind, csv, output)
    else:
        carry_out(plan(), output, float("inf"))


def carry_out(plan: Plan, output: Path | None, budget: float) -> None:
    """Measures what is not measured yet; then draws and tells all that is there.

    Args:
        plan: of the experiment.
        output: folder for the files; None for the default.
        budget: seconds.

    Raises:
        UsageError: as for `measure`.
    """
    from adcheck.experiments.engine import Run, folder_for
    from adcheck.experiments.store import Store

    folder = folder_for(Path(FOLDER) if output is None else output)
    path = folder / f"{plan.kind.name}.csv"
    run = Run(Store(path, plan.kind.columns, plan.settings), budget)
    try:
        with progress_bar(len(plan.points)) as tell:
            run.measure(plan, tell)
    except KeyboardInterrupt:
        say(f"what was measured is in {path}; the same command goes on")
        raise
    for problem in run.problems:
        say(f"not measured: {problem}")
    _say_unreached(run)
    _show(plan.kind, run.store.rows, folder)


def _say_unreached(run: Run) -> None:
    """One line for each curve that the budget cut short."""
    groups: dict[str, list[str]] = {}
    for point in run.unreached:
        groups.setdefault(point.group, []).append(point.label)
    for labels in groups.values():
        others = f" and {len(labels) - 1} after it" if len(labels) > 1 else ""
        say(f"not reached within {run.budget:g} s: {labels[0]}{others}")
    if groups:
        say("the same command goes on; --budget gives it longer")


def redraw(kind: Kind, csv: Path, output: Path | None) -> None:
    """Draws and tells what is in a CSV, into its own folder if no other is given.

    Raises:
        UsageError: as for `measure`.
    """
    from adcheck.experiments.engine import folder_for
    from adcheck.experiments.store import read

    rows = read(csv, kind.columns)
    _show(kind, rows, folder_for(csv.parent if output is None else output))


def _show(kind: Kind, rows: Sequence[Row], folder: Path) -> None:
    """The table on stdout first: it needs no matplotlib."""
    from adcheck.experiments.figures import save
    from adcheck.report.terminal import draw

    page = page_of(sys.stdout)
    deliver(draw(kind.told(rows), width=page.width, color=page.color))
    if rows:
        for path in save(folder, kind.name, kind.size, lambda figure: kind.draw(figure, rows)):
            say(f"wrote {path}")


@contextmanager
def opened(path: Path | None, precision: Precision) -> Iterator[Submitted | None]:
    """A submission whose functions are timed, in a worker that ends afterwards; None for no path.

    Raises:
        UsageError: it cannot be timed.
    """
    if path is None:
        yield None
        return
    from adcheck.experiments.submitted import Submitted

    submitted = Submitted(path, x64=precision == "double")
    try:
        yield submitted
    finally:
        submitted.close()
