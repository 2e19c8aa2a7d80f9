"""What people read, in their language: English stands in the code, the others in catalogues.

A catalogue is a folder of gettext's compiled files, ``ru.mo`` and ``uk.mo``, each made from the
``.po`` beside it. adcheck has one, and every assignment one of its own. What a catalogue lacks is
told in English. Nothing is opened, and gettext itself not imported, as long as English is spoken.

Example:
    >>> with using("ru"):
    ...     trn("{count} point", "{count} points", 5, count=5)
    '5 баллов'
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import GNUTranslations

__all__ = [
    "ENGLISH",
    "FOLDER",
    "LANGUAGES",
    "MARKED",
    "Catalogue",
    "current",
    "mark",
    "of_locale",
    "place",
    "tr",
    "trn",
    "use",
    "using",
]

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "ru", "uk")
MARKED: Final = "qps"
"""No language: each translatable text stands in ⟦brackets⟧, so that what is not in them shows."""

FOLDER: Final = "locale"
"""The name of a catalogue's folder, in adcheck as beside a rubric."""

_usual = ENGLISH
_chosen: ContextVar[str | None] = ContextVar("adcheck_language", default=None)


def use(language: str) -> None:
    """Speak a language from now on, in every thread of this process.

    Args:
        language: one of `LANGUAGES`, or `MARKED`.
    """
    global _usual
    _usual = language


@contextlib.contextmanager
def using(language: str) -> Iterator[None]:
    """Speak a language for as long as this lasts, in this thread or task alone."""
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def current() -> str:
    """The language that is spoken; to be handed to other processes."""
    return _chosen.get() or _usual


def of_locale(environment: Mapping[str, str] | None = None) -> str:
    """The language that a user's locale asks for; English where there is no catalogue of it.

    Args:
        environment: has LC_ALL, LC_MESSAGES or LANG, of which the first that is set decides.
    """
    environment = os.environ if environment is None else environment
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    language = re.split(r"[_.@-]", locale, maxsplit=1)[0].lower()
    return language if language in LANGUAGES else ENGLISH


class Catalogue:
    """The translations of some texts.

    Args:
        folder: holds ``<language>.mo``, or does not exist: then all is told in English.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tr(self, text: str, /, **values: object) -> str:
        """A text in the language that is spoken.

        Args:
            text: in English, and the key of its translations.
            values: for the ``{placeholders}`` in it; without any, braces are just braces.
        """
        language = current()
        found = self._in(language)
        told = found.gettext(text) if found is not None and text else _marked(text, language)
        return told.format(**values) if values else told

    def trn(self, one: str, many: str, number: float, /, **values: object) -> str:
        """A text in the form that a number asks for.

        Args:
            one: in English, and the key of its translations.
            many: in English, for all numbers but 1.
            number: decides on the form; a fraction takes the one of 2, as it does in the
                languages that there are.
            values: as for `tr`.
        """
        language = current()
        counted = int(number) if number == int(number) else 2
        found = self._in(language)
        if found is not None:
            told = found.ngettext(one, many, counted)
        else:
            told = _marked(one if counted == 1 else many, language)
        return told.format(**values) if values else told

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of which there is a file."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.mo")))

    def lacks(self, text: str, language: str) -> bool:
        """Whether a text is told in English for want of a translation."""
        found = _read(self._folder / f"{language}.mo")
        return found is None or found.gettext(text) == text

    def _in(self, language: str) -> GNUTranslations | None:
        if language in (ENGLISH, MARKED):
            return None
        return _read(self._folder / f"{language}.mo")


def mark(text: str) -> str:
    """A text of a table that is made once, to be translated by `tr` where it is told."""
    return text


def place(where: str) -> str:
    """Where something stands in a submission, as data has it: ``cell 7, line 3``, for people."""
    found = _PLACE.fullmatch(where)
    if found is None:
        return where
    label, cell, line = found["label"], found["cell"], found["line"]
    if cell:
        label = tr("cell {number}", number=cell)
    elif label == "the starter":
        label = tr("the starter")
    return tr("{place}, line {line}", place=label, line=line) if line else label


_PLACE: Final = re.compile(r"(?P<label>cell (?P<cell>\d+)|.*?)(?:, line (?P<line>\d+))?", re.DOTALL)


def _marked(text: str, language: str) -> str:
    return f"⟦{text}⟧" if language == MARKED and text else text


@functools.cache
def _read(path: Path) -> GNUTranslations | None:
    from gettext import GNUTranslations

    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except FileNotFoundError:
        return None


_own = Catalogue(Path(__file__).parent / FOLDER)
tr = _own.tr
trn = _own.trn
