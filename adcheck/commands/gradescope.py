"""``adcheck gradescope``: an assignment as an autograder that Gradescope takes."""

from __future__ import annotations

from pathlib import Path

import click

from adcheck.commands.languages import language_option
from adcheck.commands.parsing import complete_slug
from adcheck.commands.parsing import seed as as_seed
from adcheck.console import deliver, say
from adcheck.language import current

__all__ = ["gradescope"]


@click.command()
@click.argument(
    "assignments", metavar="SLUG|FOLDER...", nargs=-1, required=True, shell_complete=complete_slug
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("autograder.zip"),
    show_default=True,
    metavar="FILE",
    help="Write the autograder to FILE.",
)
@click.option(
    "--seed",
    type=as_seed,
    default="0",
    show_default=True,
    metavar="N|random",
    help="Draw the test inputs from this seed, the same for everybody; random draws it now.",
)
@click.option(
    "--feedback",
    type=click.Choice(["score", "hints", "full"]),
    default="hints",
    show_default=True,
    help="How much students are told, as for 'adcheck check'.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "strict", "weak", "none"]),
    default="auto",
    show_default=True,
    help="How submissions are confined, as for 'adcheck check'.",
)
@language_option
@click.option(
    "--with",
    "packages",
    multiple=True,
    metavar="PACKAGE",
    help="A package that students may import beyond those that the rubrics name, at the version "
    "installed here. May be repeated.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=1, max=1000),
    default=10,
    show_default=True,
    help="The time-out that is set for the assignment on Gradescope.",
)
def gradescope(
    assignments: tuple[str, ...],
    output: Path,
    seed: int,
    feedback: str,
    isolation: str,
    packages: tuple[str, ...],
    minutes: float,
) -> None:
    """Make an autograder for Gradescope.

    The zip holds adcheck, the assignments with their solutions, the versions of all packages that
    are installed here, those that the rubrics name among them, and the scripts that Gradescope
    runs. Upload it as it is, under "Configure
    Autograder". When students may see an item's result, its rubric says ('visibility').

    \b
    Examples:
      adcheck gradescope hvp
      adcheck gradescope hvp step_size -o homework3.zip --with seaborn --minutes 20
    """
    from adcheck.bundling import absent, bundle
    from adcheck.files import check_writable, write_file

    check_writable(output)
    options = ["--seed", str(seed), "--feedback", feedback, "--isolation", isolation]
    options += ["--lang", current()]  # the container's locale is nobody's choice
    data = bundle(assignments, options=options, packages=packages, minutes=minutes)
    write_file(output, data)
    say(f"wrote {output}")
    for package in absent(assignments):
        say(f"{package} is not installed here: the autograder takes its newest version")
    deliver(
        f"Upload {output} to Gradescope, and set there, under the autograder's settings:\n"
        f"  time-out   {minutes:g} minutes\n"
        "  container  0.5 CPU and 0.75 GB of memory, the smallest, or more\n"
    )
