"""``adcheck validate``: how sound an assignment's checks are."""

from __future__ import annotations

import sys

import click

from adcheck.commands.parsing import complete_slug
from adcheck.console import deliver, page_of, progress, say

__all__ = ["validate"]


@click.command()
@click.argument("slug", metavar="SLUG|FOLDER", shell_complete=complete_slug)
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

    If the assignment is translated, texts without a translation are told of, on stderr.

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
    _tell_of_translations(slug)
    ctx.exit(validation.exit_code)


def _tell_of_translations(slug: str) -> None:
    """Names the languages in which a student would read some English."""
    from adcheck.translating import untranslated

    for language, texts in untranslated(slug).items():
        if texts:
            first = " ".join(texts[0].split())[:60]
            say(
                f"told in English where {language} is asked for, for want of a translation: "
                f"{len(texts)} texts, such as {first!r}; adcheck translate {slug} lists them"
            )
