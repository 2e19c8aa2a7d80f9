"""``adcheck translate``: an assignment's texts in further languages."""

from __future__ import annotations

import click

from adcheck.commands.parsing import complete_slug
from adcheck.console import deliver
from adcheck.language import LANGUAGES

__all__ = ["translate"]

_SHOWN = 5


@click.command()
@click.argument("assignments", metavar="[SLUG|FOLDER]...", nargs=-1, shell_complete=complete_slug)
@click.option(
    "--to",
    "languages",
    type=click.Choice(LANGUAGES[1:]),
    multiple=True,
    help="The language; may be repeated. Default: all of these.",
)
@click.option("--own", is_flag=True, help="Take adcheck's own messages, too; in a checkout.")
@click.option("--check", is_flag=True, help="Write nothing, and tell what is missing.")
def translate(
    assignments: tuple[str, ...], languages: tuple[str, ...], own: bool, check: bool
) -> None:
    """Prepare an assignment for another language.

    In its folder locale/ there is then a file for each language, ru.po for example, with all texts
    of rubric, known mistakes and code: write the translations into it, by hand or in an editor for
    such files, and give the command again. What has changed since is empty then, what is gone is
    taken out, and the .mo file beside it, which is what adcheck reads, is made anew. A text
    without a translation is told in English.

    The statement is translated as statement.ru.md, the starters as starter.ru.py and
    starter.ru.ipynb.

    \b
    Examples:
      adcheck translate jacobians
      adcheck translate jacobians --to uk --check

    The exit code is 1 if a translation is missing, or has other {placeholders}. Needs the extra
    translate.
    """
    from adcheck.assignment import folder_of
    from adcheck.translating import OWN, update

    folders = [*([OWN] if own else []), *map(folder_of, assignments)]
    if not folders:
        raise click.UsageError("name an assignment: adcheck translate FOLDER.")
    whole = True
    for folder in folders:
        for language in languages or LANGUAGES[1:]:
            state = update(folder, language, write=not check)
            whole = whole and state.complete
            translated = state.total - len(state.missing)
            deliver(f"{folder.name}, {language}: {translated} of {state.total} texts\n")
            for what, texts in (("missing", state.missing), ("other {…}", state.broken)):
                for text in texts[:_SHOWN]:
                    deliver(f"  {what}: {' '.join(text.split())[:80]}\n")
                if len(texts) > _SHOWN:
                    deliver(f"  {what}: {len(texts) - _SHOWN} more\n")
    if not whole:
        click.get_current_context().exit(1)
