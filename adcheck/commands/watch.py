"""``adcheck check --watch``: the same grading after each save, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from adcheck.commands.outputs import Output
from adcheck.console import is_terminal, say
from adcheck.errors import AdcheckError
from adcheck.language import tr
from adcheck.report.escape import escape_line

if TYPE_CHECKING:
    from adcheck.memory import Memory
    from adcheck.model import Report

__all__ = ["STOPPED", "keep_watching"]

STOPPED: Final = 130
"""The exit code of what was ended by Ctrl-C, as shells have it."""

_CLEAR: Final = "\x1b[2J\x1b[H"  # what scrolled away before stays to be scrolled back to


def keep_watching(path: str, graded: Callable[[Memory], Report], outputs: Sequence[Output]) -> int:
    """Grade a homework, and again whenever it is saved.

    Args:
        path: as given on the command line.
        graded: grades it, and tells of it what is to be told.
        outputs: where each report goes.

    Returns:
        An exit code, once the person who watches has had enough.

    Raises:
        AdcheckError: it cannot be graded to begin with.
    """
    from adcheck.memory import Memory
    from adcheck.watching import Watch

    memory, watch = Memory(), Watch(Path(path))
    try:
        start = time.time()
        _show(graded(memory), outputs)
        _tell(path, tr("graded in {seconds} s", seconds=f"{time.time() - start:.1f}"))
        while True:
            saved = watch.wait()
            try:
                report = graded(memory)
            except AdcheckError as error:  # it may be gone, or be two files: that may pass
                _clear()
                say(f"adcheck: error: {escape_line(str(error), limit=1000)}")
                _tell(path, tr("not graded"))
                continue
            _show(report, outputs)
            seconds = max(time.time() - saved, 0.0)
            _tell(path, _again(memory.again, f"{seconds:.1f}"))
    except KeyboardInterrupt:
        click.echo(err=True)  # the terminal shows ^C on a line of its own
        return STOPPED


def _show(report: Report, outputs: Sequence[Output]) -> None:
    if any(output.path is None for output in outputs):
        _clear()
    for output in outputs:
        output.write(report, sys.stdout)
    sys.stdout.flush()


def _clear() -> None:
    """Makes room for a report in the place of the last one, on a terminal that can."""
    if is_terminal(sys.stdout) and os.environ.get("TERM") not in (None, "dumb"):
        click.echo(_CLEAR, nl=False)


def _again(ids: Sequence[str], seconds: str) -> str:
    if not ids:
        return tr("nothing had to run again; {seconds} s after saving", seconds=seconds)
    items = ", ".join(ids)
    return tr("graded again: {items}; {seconds} s after saving", items=items, seconds=seconds)


def _tell(path: str, what: str) -> None:
    watching = tr("Watching {file}; Ctrl-C ends it.", file=escape_line(path))
    say(f"{time.strftime('%H:%M:%S')} {what}. {watching}")
