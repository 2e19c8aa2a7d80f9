"""``adcheck version`` and ``adcheck doctor``: what of this machine matters for a result."""

from __future__ import annotations

import sys

import click

from adcheck import __version__
from adcheck.console import deliver, page_of, progress

__all__ = ["doctor", "version"]


@click.command()
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


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say how well this machine confines programs.

    Starts workers as grading does, and shows which layers of confinement go on here, why others do
    not, and what to do about it.

    \b
    Example:
      adcheck doctor

    The exit code is 0 if programs by strangers are kept from files and network (isolation strict),
    1 if they are not, and 70 if nothing can be graded here at all.
    """
    from adcheck.doctor import examine

    with progress("starting a worker"):
        found = examine()
    from adcheck.report.doctor import render_doctor

    page = page_of(sys.stdout)
    text = render_doctor(
        found.facts,
        found.layers,
        found.level,
        found.advice,
        found.failure,
        width=page.width,
        color=page.color,
        unicode=page.unicode,
    )
    deliver(text)
    ctx.exit(found.exit_code)
