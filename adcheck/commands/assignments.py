"""``adcheck list``, ``show`` and ``start``: the assignments themselves."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from adcheck.console import deliver, is_terminal, page_of

__all__ = ["list_", "show", "start"]


@click.command("list")
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


@click.command()
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


def _next_steps(written: Sequence[Path]) -> list[str]:
    gradable = [path for path in written if path.suffix in (".py", ".ipynb")]
    return [f"  adcheck check {shlex.quote(str(path))}" for path in gradable]
