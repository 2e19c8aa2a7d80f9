"""``adcheck version``: what of this machine matters for a result."""

from __future__ import annotations

import sys

import click

from adcheck import __version__
from adcheck.console import deliver

__all__ = ["version"]


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
