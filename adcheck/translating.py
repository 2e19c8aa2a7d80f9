"""Bringing catalogues up to date with what is to be translated; for authors, never while grading.

What is to be translated stands in calls, in Python and in templates; an assignment's rubric and
known mistakes are read from what it loads. The files of gettext are written and compiled by Babel,
which knows every language's plural forms, and which no reader of these files needs.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from adcheck.assignment import RUBRIC, folder_of, load_assignment
from adcheck.errors import UsageError
from adcheck.files import write_file
from adcheck.language import ENGLISH, FOLDER, Catalogue, using

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

__all__ = ["OWN", "State", "Text", "texts_of", "untranslated", "update"]

OWN: Final = Path(__file__).parent
"""The folder whose catalogue is adcheck's own."""

Text: TypeAlias = "str | tuple[str, str]"
"""A text in English; for 1 and for more, where it depends on a number."""

_ONE: Final = ("tr", "mark")
_PLURAL: Final = "trn"
_NOT_OURS: Final = ("starter*.py", "test_*.py")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class State:
    """How complete a catalogue is.

    Attributes:
        language: of it.
        total: how many texts there are.
        missing: those without a translation; they are told in English.
        broken: those whose translation has other placeholders.
        po, mo: the files, brought up to date.
    """

    language: str
    total: int
    missing: tuple[str, ...]
    broken: tuple[str, ...]
    po: bytes
    mo: bytes

    @property
    def complete(self) -> bool:
        """Whether everything is told in the language."""
        return not self.missing and not self.broken


def texts_of(folder: Path) -> list[Text]:
    """Everything that is to be translated: in adcheck's own code, or of an assignment.

    Args:
        folder: `OWN`, or that of an assignment.

    Raises:
        AssignmentError: it cannot be loaded.
    """
    found = [*_declared(folder), *_called(folder)]
    return list(dict.fromkeys(found))


def untranslated(assignment: str) -> dict[str, tuple[str, ...]]:
    """For each language of an assignment, the texts that are told in English all the same.

    Args:
        assignment: its slug or folder.
    """
    folder = folder_of(assignment)
    catalogue = Catalogue(folder / FOLDER)
    if not catalogue.languages:
        return {}
    keys = [text if isinstance(text, str) else text[0] for text in texts_of(folder)]
    return {
        language: tuple(key for key in keys if catalogue.lacks(key, language))
        for language in catalogue.languages
    }


def update(folder: Path, language: str, *, write: bool = True) -> State:
    """Give a catalogue a line for each text: new ones are empty, and old ones go.

    Args:
        folder: as for `texts_of`.
        language: of the catalogue, such as ``"ru"``.
        write: whether the files are written, or only looked at.

    Raises:
        AssignmentError: it cannot be loaded.
        UsageError: Babel is not installed, or a file cannot be used.
    """
    path = folder / FOLDER / f"{language}.po"
    before = _read(path, language)
    catalog = _catalog(language)
    for text in texts_of(folder):
        known = before.get(text if isinstance(text, str) else text[0])
        catalog.add(text, known.string if known is not None and _alike(known.id, text) else "")
    state = _state(catalog, language)
    if write:
        path.parent.mkdir(exist_ok=True)
        write_file(path, state.po)
        write_file(path.with_suffix(".mo"), state.mo)
    return state


# --------------------------------------------------------------------------- what there is


def _declared(folder: Path) -> Iterator[Text]:
    """The texts of a rubric and of known mistakes."""
    if not (folder / RUBRIC).is_file():
        return
    with using(ENGLISH):
        assignment = load_assignment(str(folder))
        tasks = assignment.load_tasks()
    yield from filter(None, (assignment.title, assignment.summary))
    for item in assignment.items:
        yield from (item.title, *(part.title for part in item.parts))
        if item.guide:
            yield item.guide
        if item.scaling is not None:
            yield from item.scaling.exponents
        for mistake in tasks[item.id].mistakes if item.id in tasks else ():
            yield from filter(None, (mistake.sentence, mistake.hint))


def _called(folder: Path) -> Iterator[Text]:
    """The texts of calls in Python and in templates."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py" and not any(path.match(name) for name in _NOT_OURS):
            yield from _in_python(path.read_text("utf-8"))
        elif path.name.endswith(".html.j2"):
            yield from _in_template(path.read_text("utf-8"))


def _in_python(source: str) -> Iterator[Text]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        yield from _said(name, texts)


def _in_template(source: str) -> Iterator[Text]:
    from jinja2 import Environment
    from jinja2.ext import extract_from_ast

    tree = Environment(autoescape=True).parse(source)
    for _, name, found in extract_from_ast(tree, (*_ONE, _PLURAL)):
        yield from _said(name, (found,) if isinstance(found, str) else found or ())


def _said(name: str, texts: Iterable[object]) -> Iterator[Text]:
    """The text of one call, of which those that are made while it runs are none."""
    words = [text for text in texts if isinstance(text, str) and text]
    if name in _ONE and words:
        yield words[0]
    elif name == _PLURAL and len(words) > 1:
        yield words[0], words[1]


# --------------------------------------------------------------------------- files


def _catalog(language: str) -> Catalog:
    from babel.messages.catalog import Catalog

    class Lasting(Catalog):
        """A catalogue whose files change with its texts alone."""

        def _get_mime_headers(self) -> list[tuple[str, str]]:
            return [
                ("Language", language),
                ("Plural-Forms", self.plural_forms),
                ("MIME-Version", "1.0"),
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Transfer-Encoding", "8bit"),
            ]

        mime_headers = property(_get_mime_headers)

    return Lasting(locale=language, fuzzy=False)


def _read(path: Path, language: str) -> Catalog:
    babel = _babel()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _catalog(language)
    try:
        catalog: Catalog = babel.read_po(io.BytesIO(data), locale=language, abort_invalid=True)
    except (ValueError, babel.PoFileError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    return catalog


def _po(catalog: Catalog) -> bytes:
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in catalog.mime_headers)
    file = io.BytesIO()
    _babel().write_po(file, catalog, width=100, omit_header=True)
    return f'msgid ""\nmsgstr ""\n{head}\n'.encode() + file.getvalue().rstrip(b"\n") + b"\n"


def _mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    _babel().write_mo(file, catalog)
    return file.getvalue()


# --------------------------------------------------------------------------- how complete


def _alike(known: Any, text: Text) -> bool:
    return isinstance(known, str) == isinstance(text, str)


def _state(catalog: Catalog, language: str) -> State:
    missing, broken = [], []
    texts = [message for message in catalog if message.id]
    for message in texts:
        given = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        told = message.string if isinstance(message.string, tuple) else (str(message.string),)
        if not all(told):
            missing.append(given[0])
        elif any(_placeholders([one]) != _placeholders(given[-1:]) for one in told):
            broken.append(given[0])
    files = _po(catalog), _mo(catalog)
    return State(language, len(texts), tuple(missing), tuple(broken), *files)


def _placeholders(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}


class _Babel:
    """What is used of Babel, which is an extra."""

    def __init__(self) -> None:
        try:
            from babel.messages.mofile import write_mo
            from babel.messages.pofile import PoFileError, read_po, write_po
        except ImportError as error:
            raise UsageError(
                'translating needs the extra translate: pip install "adcheck[translate]"'
            ) from error
        self.read_po, self.write_po, self.PoFileError = read_po, write_po, PoFileError
        self.write_mo = write_mo


def _babel() -> _Babel:
    return _Babel()
