"""The option that says in which language a command speaks to students."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from adcheck.language import ENGLISH, LANGUAGES, MARKED, of_locale, use

__all__ = ["language_option"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Language(click.Choice[str]):
    """A language; `MARKED`, which shows what can be translated, is not advertised."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        return MARKED if value == MARKED else super().convert(value, param, ctx)


def language_option(command: _F) -> _F:
    """Add ``--lang`` to a command, which then speaks that language or the locale's."""
    return click.option(
        "--lang",
        type=_Language(LANGUAGES),
        callback=_speak,
        expose_value=False,
        is_eager=True,
        help="The language of what students read. Default: that of the locale (LC_ALL, "
        "LC_MESSAGES or LANG), or else en.",
    )(command)


def _speak(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if not ctx.resilient_parsing:  # which completes words, and runs nothing
        use(value or _of_locale())


def _of_locale() -> str:
    """What the locale asks for, if the terminal has its letters."""
    language = of_locale()
    try:
        "ґєїыэ".encode(sys.stdout.encoding or "ascii") if language != ENGLISH else b""
    except (LookupError, UnicodeEncodeError):
        return ENGLISH
    return language
