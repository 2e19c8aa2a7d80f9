"""``adcheck check``: one submission, graded; ``adcheck repro``: one failure of its report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adcheck.commands.languages import language_option
from adcheck.commands.outputs import Goal, Output, exit_options, format_options, settle
from adcheck.commands.parsing import complete_slug, select
from adcheck.commands.parsing import seconds as as_seconds
from adcheck.commands.parsing import seed as as_seed
from adcheck.console import deliver, progress, say
from adcheck.language import tr

if TYPE_CHECKING:
    from adcheck.memory import Memory
    from adcheck.model import Report
    from adcheck.sandbox.isolation import Choice

__all__ = ["check", "repro"]


@click.command()
@click.argument("path", type=click.Path())
@click.option(
    "-a",
    "--assignment",
    "assignments",
    multiple=True,
    metavar="SLUG|FOLDER",
    shell_complete=complete_slug,
    help="Grade this assignment: a name that 'adcheck list' shows, or a folder that holds a "
    "rubric.toml. May be repeated. Default: every assignment of which PATH defines a function.",
)
@click.option(
    "--seed",
    type=as_seed,
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
@format_options
@exit_options
@language_option
@click.option(
    "--timeout",
    type=as_seconds,
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
@click.option(
    "--timings",
    is_flag=True,
    help="Say on stderr where the time went: for each item and stage.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Grade again whenever PATH is saved, until Ctrl-C: only items that the change touches.",
)
@click.pass_context
def check(
    ctx: click.Context,
    path: str,
    assignments: tuple[str, ...],
    seed: int,
    only: tuple[str, ...],
    formats: tuple[Output, ...],
    output: Path | None,
    min_score: Goal | None,
    exit_zero: bool,
    timeout: float | None,
    isolation: Choice,
    feedback: str,
    repro: Path | None,
    case: int | None,
    source: bool,
    timings: bool,
    watch: bool,
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
      adcheck check hw.ipynb --format table --format junit=report.xml --min-score 80%
      adcheck check hw.ipynb --only hvp.hessian --case 2
      adcheck check hw.ipynb --isolation strict
      adcheck check hw.ipynb --source
      adcheck check hw.py --timings
      adcheck check hw.py --watch
      adcheck check hw.py --lang uk

    The exit code is 0 if every point that a machine grades was earned (or as many as --min-score
    asks for), and 1 if points were lost.
    """
    slugs, items = select(assignments, only)
    outputs = settle(formats, output)
    if exit_zero and min_score is not None:
        raise click.UsageError("--exit-zero and --min-score exclude each other.")
    if watch and (exit_zero or min_score is not None or source):
        raise click.UsageError("--watch ends by Ctrl-C alone: leave out the option beside it.")
    if source:
        deliver(_source(path, slugs), outputs[0].path)
        return
    if case is not None and not only:
        raise click.UsageError("--case N replays a case of one item: name it with --only.")

    def graded(memory: Memory | None = None) -> Report:
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
                memory=memory,
            )
        report = told(report, Feedback(feedback))
        if timings:
            _tell_timings(report)
        if repro is not None:
            _write_snippets(report, repro)
        return report

    if watch:
        from adcheck.commands.watch import keep_watching

        ctx.exit(keep_watching(path, graded, outputs))
    report = graded()
    for one in outputs:
        one.write(report, sys.stdout)
    goal = Goal(0.0) if exit_zero else min_score
    ctx.exit(report.exit_code if goal is None else goal.exit_code(report))


@click.command()
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


def _source(path: str, slugs: Sequence[str] | None) -> str:
    from adcheck.grading import program_of
    from adcheck.report.source import render_source

    return render_source(program_of(path, slugs))


def _tell_timings(report: Report) -> None:
    from adcheck.report.timings import render_timings

    for line in render_timings(report).splitlines():
        say(line)


def _write_snippets(report: Report, folder: Path) -> None:
    """One file for each failing item."""
    from adcheck.files import write_files

    files = {
        f"{item.item.id.replace('.', '_')}.py": item.counterexample.snippet.encode()
        for item in report.items
        if item.counterexample is not None and item.counterexample.snippet
    }
    for written in write_files(folder, files, force=True):
        say(tr("wrote {file}", file=written))
