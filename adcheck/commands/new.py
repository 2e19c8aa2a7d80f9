"""``adcheck new``: the skeleton of an assignment of a teacher's own."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from adcheck.console import deliver

__all__ = ["new"]


@click.command()
@click.argument("slug")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def new(slug: str, directory: Path | None) -> None:
    """Start an assignment of your own.

    Writes a small one that works, to be changed into yours. SLUG is its short name: a word of
    letters, digits and underscores. The files go into DIR, by default a folder of that name; none
    that exists is ever replaced.

    \b
    Examples:
      adcheck new jacobians
      adcheck new jacobians course/week4

    Every command that takes an assignment takes the folder. A guide, whose place is printed, leads
    from there to checks of which nothing is off.
    """
    from adcheck.assignment import check_slug, guide, is_shipped
    from adcheck.errors import UsageError
    from adcheck.files import write_files
    from adcheck.scaffolds import skeleton

    check_slug(slug)
    if is_shipped(slug):
        raise UsageError(
            f"{slug!r} is an assignment that comes with adcheck; take another name, such as "
            f"'my_{slug}'."
        )
    folder = Path(slug) if directory is None else directory
    written = write_files(folder, skeleton(slug), force=False, can_force=False)
    name = f"./{folder}" if is_shipped(str(folder)) else str(folder)
    place = shlex.quote(name)
    lines = [
        *(f"wrote {path}" for path in written),
        "",
        "It works as it stands: make it yours, and see after each step that nothing is off.",
        f"  adcheck validate {place}",
        f"  adcheck check {shlex.quote(f'{name}/starter.py')} -a {place}",
        f"  adcheck gradescope {place}",
        "",
        f"The guide to that: {guide()}",
    ]
    deliver("\n".join(lines) + "\n")
