"""What the reader's screen, pipe or file can show, and how text gets there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from adcheck.language import tr
from adcheck.report.escape import SYMBOLS, escape_line
from adcheck.report.lines import BatchLines, BatchProgress

__all__ = [
    "Page",
    "batch_progress",
    "deliver",
    "is_terminal",
    "page_of",
    "progress",
    "progress_bar",
    "say",
]

_PIPE_WIDTH: Final = 100
_WIDEST: Final = 120  # longer lines are hard to read, however wide the terminal


@dataclass(frozen=True)
class Page:
    """What a text may use.

    Attributes:
        width: columns.
        color: whether escape sequences for colours are welcome.
        unicode: whether symbols outside ASCII are.
    """

    width: int = _PIPE_WIDTH
    color: bool = False
    unicode: bool = True


def page_of(stream: Any) -> Page:
    """What can be shown on a stream: a terminal's width and colours, or a pipe's plain text."""
    unicode = _can_encode(getattr(stream, "encoding", None))
    if not is_terminal(stream):
        return Page(unicode=unicode)
    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Page(min(shutil.get_terminal_size().columns, _WIDEST), color, unicode)


def is_terminal(stream: Any) -> bool:
    """Whether a person watches this stream."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # closed, or no stream at all
        return False


def deliver(text: str, output: Path | None = None, *, as_utf8: bool = False) -> None:
    """Print a text on stdout, or write it to a file and say so on stderr.

    Args:
        text: all of it, its last newline included.
        output: the file; always written as UTF-8.
        as_utf8: print UTF-8 whatever stdout's own encoding is, as JSON must be.
    """
    if output is not None:
        from adcheck.files import write_file

        write_file(output, text.encode("utf-8", "backslashreplace"))
        say(tr("wrote {file}", file=escape_line(str(output))))
        return
    encoding = "utf-8" if as_utf8 else (sys.stdout.encoding or "utf-8")
    try:
        click.echo(text.encode(encoding, "backslashreplace"), nl=False)
    except BrokenPipeError:  # `adcheck … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """Print a line on stderr."""
    encoding = sys.stderr.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace"), err=True)


@contextmanager
def progress(first: str = "", doing: str = "") -> Iterator[Callable[[str], None] | None]:
    """A spinner on stderr while a person watches it.

    Args:
        first: what is done at the beginning; by default a submission is read.
        doing: what is done with all that is worked on afterwards; by default it is graded.

    Yields:
        A function that says what is being worked on; None where nobody watches.
    """
    if not is_terminal(sys.stderr):
        yield None
        return
    from adcheck.report.terminal import spinner

    with spinner(first or tr("reading the submission"), doing or tr("grading")) as update:
        yield update


@contextmanager
def batch_progress(total: int) -> Iterator[BatchProgress]:
    """Shows on stderr how far a batch is: a live display, or a line for each submission.

    Args:
        total: how many submissions there are to grade.
    """
    if not is_terminal(sys.stderr):
        yield BatchLines(total, say)
        return
    from adcheck.report.live import live

    with live(total) as shown:
        yield shown


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str], None] | None]:
    """A bar on stderr while a person watches it.

    Args:
        total: how many things there are to do.

    Yields:
        A function that says what is being worked on; None where nobody watches.
    """
    if not is_terminal(sys.stderr):
        yield None
        return
    from adcheck.report.terminal import bar

    with bar(total) as update:
        yield update


def _can_encode(encoding: str | None) -> bool:
    try:
        SYMBOLS.encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
