"""The command line: parses, calls, prints, exits; everything else is done elsewhere.

What takes time to import (jax, numpy, rich, the stages of the pipeline) is imported inside the
command that needs it, so that `adcheck --help` answers at once.
"""

from __future__ import annotations

import math
import os
import secrets
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from adcheck import __version__
from adcheck.console import Page, deliver, is_terminal, page_of, progress, say
from adcheck.errors import AdcheckError
from adcheck.report import FORMATS, Format, render
from adcheck.report.escape import escape_line

if TYPE_CHECKING:
    from adcheck.model import Assignment, Item

__all__ = ["cli", "main"]

_FAULT: Final = 70
_STOPPED: Final = 130
_LARGEST_SEED: Final = 2**63 - 1


def _seed(text: str) -> int:
    """A whole number from 0, or ``random``, which draws one."""
    if text == "random":
        return secrets.randbelow(10**9)
    try:
        seed = int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a whole number nor 'random'.") from None
    if not 0 <= seed <= _LARGEST_SEED:
        raise click.BadParameter(f"{text} is not between 0 and {_LARGEST_SEED}.")
    return seed


def _seconds(text: str) -> float:
    """A finite number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise click.BadParameter(f"{text!r} is no number of seconds above 0.")
    return seconds


class _Group(click.Group):
    """A group whose every failure is one sentence on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except AdcheckError as error:
            say(f"adcheck: error: {escape_line(str(error), limit=1000)}")
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            say("stopped")
            ctx.exit(_STOPPED)
        except Exception as error:
            _report_fault(error)
            ctx.exit(_FAULT)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="adcheck", message="%(prog)s %(version)s")
def cli() -> None:
    """Grade homework on automatic differentiation.

    adcheck runs the functions of a homework, and nothing else of the file, in a process of their
    own, compares what they return with a reference, and prints a table: points, what was wrong,
    and the smallest example that shows it.

    \b
    A first session:
      adcheck list                 which assignments there are
      adcheck start hvp            write an assignment's starter files
      adcheck check hw.ipynb       grade what you wrote

    \b
    Exit codes:
      0    every point that a machine grades was earned
      1    graded, and points were lost
      2    wrong usage: no such file, unknown assignment or option
      70   adcheck itself failed; no points are lost by that
    """


@cli.command()
@click.argument("path", type=click.Path())
@click.option(
    "-a",
    "--assignment",
    "assignments",
    multiple=True,
    metavar="SLUG|FOLDER",
    help="Grade this assignment: a name that 'adcheck list' shows, or a folder that holds a "
    "rubric.toml. May be repeated. Default: every assignment of which PATH defines a function.",
)
@click.option(
    "--seed",
    type=_seed,
    default="0",
    show_default=True,
    metavar="N|random",
    help="Draw the test inputs from this seed; the report names it, so that a run can be repeated.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="ITEM",
    help="Grade this item alone: an id (hvp.hessian) or a function (calculate_hessian). "
    "May be repeated.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Print a table for people, or JSON for programs.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report to FILE, whole or not at all, instead of printing it.",
)
@click.option(
    "--timeout",
    type=_seconds,
    metavar="S",
    help="Let each call take S seconds of processor time, instead of what the rubric allows.",
)
@click.option(
    "--source",
    is_flag=True,
    help="Print the part of PATH that would be run, with its line numbers, and grade nothing.",
)
@click.pass_context
def check(
    ctx: click.Context,
    path: str,
    assignments: tuple[str, ...],
    seed: int,
    only: tuple[str, ...],
    format_: Format,
    output: Path | None,
    timeout: float | None,
    source: bool,
) -> None:
    """Grade a homework.

    PATH is a .py file, a notebook, or a folder or zip that holds one. Only what the graded
    functions need is run: imports, definitions, and the statements that they depend on.
    Experiments, plots and downloads at the top level of a notebook are left out.

    \b
    Examples:
      adcheck check hw.ipynb
      adcheck check hw.py -a hvp --only hvp.hessian
      adcheck check hw.zip --seed random
      adcheck check hw.ipynb --format json -o report.json
      adcheck check hw.ipynb --source

    The exit code is 0 if every point that a machine grades was earned, and 1 if points were lost.
    """
    slugs, items = _select(assignments, only)
    output = None if output == Path("-") else output
    if output is not None:
        from adcheck.files import check_writable

        check_writable(output)
    if source:
        deliver(_source(path, slugs), output)
        return
    from adcheck.grading import grade

    with progress() as tell:
        report = grade(
            path, assignments=slugs, seed=seed, only=items, timeout=timeout, progress=tell
        )
    page = Page() if output is not None else page_of(sys.stdout)
    text = render(report, format_, width=page.width, color=page.color, unicode=page.unicode)
    deliver(text, output, as_utf8=format_ == "json")
    ctx.exit(report.exit_code)


@cli.command("list")
def list_() -> None:
    """List the assignments and their points.

    \b
    Example:
      adcheck list
    """
    from adcheck.assignment import available
    from adcheck.report.rubric import render_list

    deliver(render_list(available()))


@cli.command()
@click.argument("slug", metavar="SLUG|FOLDER")
def show(slug: str) -> None:
    """Show an assignment's statement and rubric.

    On a terminal the text is laid out; into a pipe or file it goes as Markdown.

    \b
    Examples:
      adcheck show hvp
      adcheck show hvp > hvp.md
    """
    from adcheck.assignment import load_assignment
    from adcheck.report.rubric import as_markdown

    text = as_markdown(load_assignment(slug))
    if is_terminal(sys.stdout):
        from adcheck.report.terminal import lay_out_markdown

        page = page_of(sys.stdout)
        text = lay_out_markdown(text, width=page.width, color=page.color)
    deliver(text)


@cli.command()
@click.argument("slug", metavar="SLUG|FOLDER")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("-f", "--force", is_flag=True, help="Replace files that are already there.")
def start(slug: str, directory: Path | None, force: bool) -> None:
    """Write an assignment's starter files.

    They go into DIR, by default a folder named after the assignment. Files that exist are never
    replaced unless --force is given.

    \b
    Examples:
      adcheck start hvp
      adcheck start hvp ~/homework --force
    """
    from adcheck.assignment import load_assignment
    from adcheck.files import write_files

    assignment = load_assignment(slug)
    folder = Path(assignment.slug) if directory is None else directory
    written = write_files(folder, assignment.starters, force=force)
    lines = [f"wrote {path}" for path in written]
    lines += ["", "Fill in one of them, then run:", *_next_steps(written)]
    deliver("\n".join(lines) + "\n")


@cli.command()
def version() -> None:
    """Print the versions that matter for a result.

    \b
    Example:
      adcheck version
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    lines = [f"adcheck {__version__}", f"python {sys.version.split()[0]}"]
    for name in ("jax", "jaxlib", "numpy"):
        try:
            lines.append(f"{name} {installed(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} (not installed)")
    deliver("\n".join(lines) + "\n")


def main() -> None:
    """Run the command line and exit."""
    cli(prog_name="adcheck")


# --------------------------------------------------------------------------- what is asked for


def _select(
    assignments: tuple[str, ...], only: tuple[str, ...]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Settle which assignments and which items a command line means.

    Returns:
        The assignments as they were given, or None to let the submission decide; and item ids.
    """
    if not only:
        return assignments or None, ()
    from adcheck.assignment import available, load_assignment

    known = tuple(map(load_assignment, assignments)) if assignments else available()
    ids = tuple(dict.fromkeys(id_ for name in only for id_ in _item_ids(name, known)))
    chosen = tuple(a.slug for a in known if any(item.id in ids for item in a.items))
    return assignments or chosen, ids


def _item_ids(name: str, assignments: Sequence[Assignment]) -> list[str]:
    """The ids of the items that a person may mean by an id or a function's name."""
    items = [item for assignment in assignments for item in assignment.items]
    found = [item.id for item in items if name in _names(item)]
    if found:
        return found
    from difflib import get_close_matches

    close = get_close_matches(name, sorted({word for item in items for word in _names(item)}), n=1)
    advice = f"did you mean {close[0]!r}?" if close else "items: " + ", ".join(i.id for i in items)
    raise click.BadParameter(f"there is no item {name!r}; {advice}", param_hint="'--only'")


def _names(item: Item) -> set[str]:
    plain = [name for name in item.names if not name.startswith("*")]
    return {item.id, item.id.rpartition(".")[2], item.function, *plain} - {""}


def _source(path: str, slugs: Sequence[str] | None) -> str:
    from adcheck.grading import program_of
    from adcheck.report.source import render_source

    return render_source(program_of(path, slugs))


def _next_steps(written: Sequence[Path]) -> list[str]:
    gradable = [path for path in written if path.suffix in (".py", ".ipynb")]
    return [f"  adcheck check {shlex.quote(str(path))}" for path in gradable]


def _report_fault(error: Exception) -> None:
    if os.environ.get("ADCHECK_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    what = escape_line(f"{type(error).__name__}: {error}".rstrip(": "), limit=300)
    say(
        f"adcheck failed: {what}. This is our fault, no points are lost; "
        "run with ADCHECK_DEBUG=1 for the traceback"
    )
