"""Everything that is drawn with rich goes through consoles made here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from adcheck.report.escape import disarm, escape_line

__all__ = ["bar", "draw", "lay_out_markdown", "spinner"]


def draw(renderables: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """Draw things below each other.

    Args:
        renderables: what to draw; strings are taken literally, not as markup.
        width: columns.
        color: whether to write escape sequences for colours.

    Returns:
        Text in which no line ends in a space, none is a command to a CI, and the last one ends in
        a newline.
    """
    console = Console(
        file=io.StringIO(),
        width=width,
        height=100,  # with both given, rich does not ask the environment
        force_terminal=color,
        force_jupyter=False,  # in a notebook, rich would show it at once
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    with console.capture() as capture:
        for renderable in renderables:
            console.print(renderable)
    return "".join(f"{disarm(line.rstrip())}\n" for line in capture.get().rstrip("\n").split("\n"))


def lay_out_markdown(text: str, *, width: int, color: bool) -> str:
    """Lay out a course's Markdown for a terminal."""
    return draw([Markdown(text, hyperlinks=False)], width=width, color=color)


@contextmanager
def spinner(first: str, doing: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr that work goes on.

    Args:
        first: what is done at the beginning.
        doing: what is done with all that is worked on afterwards.

    Yields:
        A function that says what is being worked on.
    """
    console = Console(stderr=True)
    with console.status(Text(first)) as status:
        yield lambda what: status.update(Text(f"{doing} {escape_line(what, limit=60)}"))


@contextmanager
def bar(total: int) -> Iterator[Callable[[str], None]]:
    """Show on stderr how much of the work is done.

    Args:
        total: how many things there are to do.

    Yields:
        A function that says what is being worked on; all before it is done.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=total)
        begun = -1

        def update(what: str) -> None:
            nonlocal begun
            begun += 1
            shown.update(task, description=escape_line(what, limit=60), completed=begun)

        yield update
