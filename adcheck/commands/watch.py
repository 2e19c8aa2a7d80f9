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
        _tell(path, f"graded in {time.time() - start:.1f} s")
        while True:
            saved = watch.wait()
            try:
                report = graded(memory)
            except AdcheckError as error:  # it may be gone, or be two files: that may pass
                _clear()
                say(f"adcheck: error: {escape_line(str(error), limit=1000)}")
                _tell(path, "not graded")
                continue
            _show(report, outputs)
            seconds = max(time.time() - saved, 0.0)
            _tell(path, f"{_again(memory.again)}; {seconds:.1f} s after saving")
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


def _again(ids: Sequence[str]) -> str:
    return f"graded again: {', '.join(ids)}" if ids else "nothing had to run again"


def _tell(path: str, what: str) -> None:
    say(f"{time.strftime('%H:%M:%S')} {what}. Watching {escape_line(path)}; Ctrl-C ends it.")
