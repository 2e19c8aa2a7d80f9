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
    from adcheck.model import Assignment, Item, Report
    from adcheck.sandbox.isolation import Choice

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
        except click.UsageError as error:  # which may tell of names: `adcheck check *`
            message = escape_line(error.format_message(), limit=1000)
            raise click.UsageError(message, error.ctx) from error
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
    "--isolation",
    type=click.Choice(["auto", "strict", "weak", "none"]),
    default="auto",
    show_default=True,
    help="How PATH is confined while it runs. strict: kept from your files, the network and other "
    "programs, or not run at all; weak: only limited in time, memory and output; none: only "
    "watched for these from outside; auto: strict where this machine can, else weak.",
)
@click.option(
    "--feedback",
    type=click.Choice(["score", "hints", "full"]),
    default="hints",
    show_default=True,
    help="How much is told: points alone, what was wrong and on which inputs, or the right answers "
    "for these inputs too.",
)
@click.option(
    "--repro",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a file of Python for each failure into DIR; it needs no adcheck and can be pasted "
    "below the homework, in Colab for instance.",
)
@click.option(
    "--case",
    type=click.IntRange(min=0),
    metavar="N",
    help="Run one case of each item alone, by the number that a report gives; needs --only.",
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
    isolation: Choice,
    feedback: str,
    repro: Path | None,
    case: int | None,
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
      adcheck check hw.ipynb --only hvp.hessian --case 2
      adcheck check hw.ipynb --isolation strict
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
    if case is not None and not only:
        raise click.UsageError("--case N replays a case of one item: name it with --only.")
    from adcheck.feedback import told
    from adcheck.grading import grade
    from adcheck.model import Feedback

    with progress() as tell:
        report = grade(
            path,
            assignments=slugs,
            seed=seed,
            only=items,
            timeout=timeout,
            case=case,
            isolation=isolation,
            progress=tell,
        )
    report = told(report, Feedback(feedback))
    if repro is not None:
        _write_snippets(report, repro)
    page = Page() if output is not None else page_of(sys.stdout)
    text = render(report, format_, width=page.width, color=page.color, unicode=page.unicode)
    deliver(text, output, as_utf8=format_ == "json")
    ctx.exit(report.exit_code)


@cli.command()
@click.argument("report", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("item")
def repro(report: Path, item: str) -> None:
    """Print a failure as a few lines of Python.

    REPORT is what `adcheck check --format json` wrote, ITEM one of its items. Paste what is printed
    below the homework's own code, in Colab for instance, and run it: it makes the inputs, calls the
    function and fails where the result is wrong.

    \b
    Examples:
      adcheck repro report.json hvp.hessian
      adcheck repro report.json hessian > fails.py
    """
    from adcheck.report.json import snippets_of

    snippets = snippets_of(report)
    matching = [id_ for id_ in snippets if item in (id_, id_.rpartition(".")[2])]
    if not matching:
        failed = ", ".join(id_ for id_, text in snippets.items() if text)
        known = f"it tells of {failed}" if failed else "it tells of no failure"
        raise click.BadParameter(f"{report} has no item {item!r}; {known}.", param_hint="ITEM")
    text = snippets[matching[0]]
    if not text:
        raise click.BadParameter(
            f"{matching[0]} has no failing case in {report}.", param_hint="ITEM"
        )
    deliver(text)


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
@click.argument("slug", metavar="SLUG|FOLDER")
@click.option(
    "--seeds",
    type=click.IntRange(min=1, max=10**6),
    default=1,
    show_default=True,
    metavar="K",
    help="Draw the test inputs K times, from the seeds 0 to K-1.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=1000),
    metavar="N",
    help="Share the seeds among N processes. Default: one for each processor core.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show a row for each right answer, known mistake and near miss.",
)
@click.pass_context
def validate(ctx: click.Context, slug: str, seeds: int, jobs: int | None, verbose: bool) -> None:
    """Measure how sound an assignment's checks are.

    Every equivalent formulation of the right answer has to earn every point, and every known
    mistake has to lose points and be named. They are computed, judged and diagnosed on the test
    inputs of each seed as a submission's results are; no submission is run.

    \b
    Examples:
      adcheck validate hvp
      adcheck validate hvp --seeds 30 --jobs 4
      adcheck validate path/to/my_assignment --verbose

    The exit code is 0 if nothing is off, and 1 if anything is.
    """
    from adcheck.validation import cores
    from adcheck.validation import validate as measure

    with progress("loading the assignment", "validating") as tell:
        validation = measure(slug, range(seeds), jobs or cores(), tell)
    from adcheck.report.validation import render_validation

    page = page_of(sys.stdout)
    deliver(
        render_validation(
            validation,
            verbose=verbose,
            width=page.width,
            color=page.color,
            unicode=page.unicode,
        )
    )
    ctx.exit(validation.exit_code)


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


def _write_snippets(report: Report, folder: Path) -> None:
    """One file for each failing item."""
    from adcheck.files import write_files

    files = {
        f"{item.item.id.replace('.', '_')}.py": item.counterexample.snippet.encode()
        for item in report.items
        if item.counterexample is not None and item.counterexample.snippet
    }
    for written in write_files(folder, files, force=True):
        say(f"wrote {written}")


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
