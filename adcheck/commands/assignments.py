"""``adcheck list``, ``show`` and ``start``: the assignments themselves."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from adcheck.commands.languages import language_option
from adcheck.commands.parsing import complete_slug
from adcheck.console import deliver, is_terminal, page_of
from adcheck.language import current, of_locale, tr
from adcheck.scaffolds import SYSTEMS, System, workflow

__all__ = ["list_", "show", "start"]


@click.command("list")
@language_option
def list_() -> None:
    """List the assignments and their points.

    \b
    Example:
      adcheck list
    """
    from adcheck.assignment import available
    from adcheck.report.rubric import render_list

    deliver(render_list(available()))


@click.command()
@click.argument("slug", metavar="SLUG|FOLDER", shell_complete=complete_slug)
@language_option
def show(slug: str) -> None:
    """Show an assignment's statement and rubric.

    On a terminal the text is laid out; into a pipe or file it goes as Markdown.

    \b
    Examples:
      adcheck show hvp
      adcheck show hvp > hvp.md
      adcheck show hvp --lang ru
    """
    from adcheck.assignment import load_assignment
    from adcheck.report.rubric import as_markdown

    text = as_markdown(load_assignment(slug))
    if is_terminal(sys.stdout):
        from adcheck.report.terminal import lay_out_markdown

        page = page_of(sys.stdout)
        text = lay_out_markdown(text, width=page.width, color=page.color)
    deliver(text)


@click.command()
@click.argument("slug", metavar="SLUG|FOLDER", shell_complete=complete_slug)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("-f", "--force", is_flag=True, help="Replace files that are already there.")
@click.option(
    "--ci",
    "system",
    type=click.Choice(SYSTEMS),
    help="Write a file, too, that has GitHub or GitLab grade the homework whenever it is pushed.",
)
@click.option(
    "--install",
    "source",
    metavar="SOURCE",
    default="",
    help="What pip installs adcheck from there, as in git+https://git.example.org/adcheck. "
    "Default: the CI system's variable ADCHECK_SOURCE.",
)
@language_option
def start(
    slug: str, directory: Path | None, force: bool, system: System | None, source: str
) -> None:
    """Write an assignment's starter files.

    They go into DIR, by default a folder named after the assignment. Files that exist are never
    replaced unless --force is given.

    \b
    Examples:
      adcheck start hvp
      adcheck start hvp ~/homework --force
      adcheck start hvp hw --ci github --install git+https://git.example.org/adcheck
    """
    if source and system is None:
        raise click.UsageError("--install goes with --ci: it tells a CI system what to install.")
    from adcheck.assignment import is_shipped, load_assignment
    from adcheck.files import write_files

    assignment = load_assignment(slug)
    own = None if is_shipped(slug) else Path(slug).resolve().name
    folder = Path(assignment.slug) if directory is None else directory
    files = dict(assignment.starters)
    if system is not None:
        homework = min(files, key=lambda name: not name.endswith(".ipynb"))
        path, content = workflow(
            system,
            assignment=slug if own is None else own,
            homework=homework,
            source=source,
            language=current(),
            packages=assignment.packages,
            fetched=own is not None,
        )
        files[path] = content
    written = write_files(folder, files, force=force)
    lines = [tr("wrote {file}", file=path) for path in written]
    chosen = "" if own is None else f" -a {shlex.quote(slug)}"
    lines += ["", tr("Fill in one of them, then run:"), *_next_steps(written, chosen)]
    if system is not None:
        lines += ["", *_repository(folder, homework, source, own)]
    deliver("\n".join(lines) + "\n")


def _repository(folder: Path, homework: str, source: str, own: str | None) -> list[str]:
    """What is left to do before a CI system grades."""
    push = tr("Push {folder} as a repository of its own; {file} is graded there.")
    lines = [push.format(folder=folder, file=homework)]
    if not source:
        lines.append(tr("Set its variable ADCHECK_SOURCE to what pip installs adcheck from."))
    if own is not None:
        course = tr(
            "Set its variable ADCHECK_COURSE to the address of a Git repository that holds the "
            "folder {folder}.",
            folder=own,
        )
        lines.append(course)
    return lines


def _next_steps(written: Sequence[Path], chosen: str) -> list[str]:
    gradable = [path for path in written if path.suffix in (".py", ".ipynb")]
    lang = "" if current() == of_locale() else f" --lang {current()}"
    return [f"  adcheck check {shlex.quote(str(path))}{chosen}{lang}" for path in gradable]
