"""Loading assignments: from a slug or a folder to an `Assignment`.

The only module that imports `assignments/` and `reference/`. A wheel carries both inside the
package, a checkout has them beside it. A folder of the same shape, wherever it lies, is an
assignment too.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import threading
import tomllib
import types
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from adcheck.errors import AssignmentError
from adcheck.language import ENGLISH, FOLDER, Catalogue, current, using
from adcheck.model import Assignment, Graded, Item, Limits, Part, Scaling, Source, Task, Visibility

__all__ = [
    "available",
    "check_slug",
    "folder_of",
    "guide",
    "in_language",
    "is_shipped",
    "load_assignment",
    "load_reference",
    "reference_folder",
]

RUBRIC = "rubric.toml"
WALL_FACTOR = 6.0
"""Elapsed time allowed per second of processor time: a machine may be this much too busy."""

STATEMENT = "statement.md"
STARTERS = ("starter.py", "starter.ipynb")


def available() -> tuple[Assignment, ...]:
    """The assignments that come with adcheck, by slug."""
    folders = sorted(path.parent for path in _root().glob(f"assignments/*/{RUBRIC}"))
    return tuple(_load(folder, current()) for folder in folders)


def load_assignment(slug_or_path: str) -> Assignment:
    """Loads one assignment, with its texts in the language that is spoken.

    Args:
        slug_or_path: a slug that `available` lists, or the path of a folder with a rubric.

    Raises:
        AssignmentError: there is no such assignment, or its rubric is broken.
    """
    return _load(folder_of(slug_or_path), current())


def folder_of(slug_or_path: str) -> Path:
    """The folder that holds an assignment; arguments and exceptions as for `load_assignment`."""
    if is_shipped(slug_or_path):
        return _root() / "assignments" / slug_or_path
    folder = Path(slug_or_path)
    if not folder.is_dir():
        raise AssignmentError(_unknown(slug_or_path))
    if not (folder / RUBRIC).is_file():
        raise AssignmentError(f"{folder} holds no {RUBRIC}, so it is no assignment")
    return folder.resolve()


def is_shipped(slug_or_path: str) -> bool:
    """Whether this is the slug of an assignment that comes with adcheck.

    A teacher's own folder may well be called as its slug is.
    """
    rubric = _root() / "assignments" / slug_or_path / RUBRIC
    return slug_or_path.isidentifier() and rubric.is_file()


def in_language(name: str, language: str) -> str:
    """The name of a file in a language: ``statement.ru.md`` for ``statement.md``."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{language}{dot}{suffix}"


def check_slug(slug: str) -> None:
    """See that a word can name an assignment: in ids of items, in files, and as a module.

    Raises:
        AssignmentError: it cannot.
    """
    if not slug.isidentifier():
        close = re.sub(r"\W+", "_", slug).strip("_")
        hint = f", such as {close!r}" if close.isidentifier() else ""
        raise AssignmentError(
            f"the slug {slug!r} has to be made of letters, digits and underscores, and not to "
            f"begin with a digit{hint}"
        )


def guide() -> Path:
    """Where it is told how an assignment is written."""
    return _root() / "assignments" / "README.md"


def reference_folder() -> Path:
    """The folder that holds the reference implementations, which any assignment may import."""
    return _root() / "reference"


def _unknown(name: str) -> str:
    slugs = [assignment.slug for assignment in available()]
    close = difflib.get_close_matches(name, slugs, 1, 0.5)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(slugs)}"
    return f"there is no assignment {name!r}: {hint}"


@functools.cache
def _root() -> Path:
    """Where `assignments/` and `reference/` lie: in the installed package, or in the checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "_data"
    return inside if inside.is_dir() else package.parent


@functools.cache
def _load(folder: Path, language: str) -> Assignment:
    try:
        rubric = tomllib.loads((folder / RUBRIC).read_text("utf-8"))
        with using(language):
            return _Reader(folder, language).assignment(rubric)
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{folder / RUBRIC} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise AssignmentError(f"{folder / RUBRIC} is no valid TOML: {error}") from error


# --------------------------------------------------------------------------- rubrics


class _Reader:
    """Reads one rubric, and says in one sentence what is wrong with it."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder, self._language = folder, language
        self._catalogue = Catalogue(folder / FOLDER)

    def assignment(self, rubric: Mapping[str, Any]) -> Assignment:
        where = "the rubric"
        keys = {"slug", "title", "summary", "version", "given", "items", "late_penalty",
                "packages"}  # fmt: skip
        self._only(rubric, keys, where)
        slug = self._slug(rubric, where)
        tables = self._get(rubric, "items", list, where)
        items = tuple(self._item(table, slug) for table in tables)
        twice = {item.id for item in items if [i.id for i in items].count(item.id) > 1}
        if twice:
            self._fail(f"the item {min(twice)} is there twice")
        starters = {n: self._file(self._own(n)) for n in STARTERS if self._has(n)}
        given = self._file("starter.py").decode("utf-8") if self._has("starter.py") else ""
        language = self._language
        return Assignment(
            slug=slug,
            title=self._told(rubric, "title", where),
            summary=self._told(rubric, "summary", where, ""),
            items=items,
            statement=self._file(self._own(STATEMENT)).decode("utf-8"),
            starters=starters,
            given=Source("the starter", given),
            given_names=tuple(self._names(rubric, "given", where)),
            load_tasks=functools.cache(
                lambda: _load_tasks_once(self._folder, slug, items, language)
            ),
            late_penalty=self._share(rubric, "late_penalty", where),
            packages=self._packages(rubric, where),
            digest=_digest(self._folder),
        )

    def _packages(self, rubric: Mapping[str, Any], where: str) -> tuple[str, ...]:
        packages = tuple(self._names(rubric, "packages", where))
        for package in packages:  # they go into shell scripts, too
            if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", package):
                self._fail(f"{where}: {package!r} in 'packages' is no name of a package")
        return packages

    def _slug(self, rubric: Mapping[str, Any], where: str) -> str:
        slug = self._text(rubric, "slug", where)
        try:
            check_slug(slug)
        except AssignmentError as error:
            self._fail(str(error))
        return slug

    def _item(self, table: Any, slug: str) -> Item:
        if not isinstance(table, dict):
            self._fail("every entry of 'items' has to be a table")
        id_ = self._text(table, "id", "an item")
        where = f"item {id_}"
        keys = {"id", "title", "function", "signature", "points", "graded", "names", "parts",
                "arguments", "thresholds", "limits", "apart", "guide", "visibility",
                "scaling"}  # fmt: skip
        self._only(table, keys, where)
        start, _, own = id_.partition(".")
        if start != slug:
            self._fail(f"the id {id_} has to begin with '{slug}.'")
        if not own.isidentifier():
            self._fail(
                f"the id {id_!r} has to be '{slug}.' and a name: letters, digits, underscores"
            )
        points = self._number(table, "points", where)
        graded = self._graded(table, where)
        names = tuple(self._names(table, "names", where))
        if graded is not Graded.MANUAL and not names:
            self._fail(f"{where} is graded automatically, but lists no names")
        title = self._told(table, "title", where)
        arguments = self._get(table, "arguments", dict, where, {})
        thresholds = self._get(table, "thresholds", dict, where, {})
        return Item(
            id=id_,
            title=title,
            function=self._text(table, "function", where, ""),
            signature=self._text(table, "signature", where, ""),
            points=points,
            graded=graded,
            names=names,
            parts=self._parts(table, where, title, points),
            arguments={key: tuple(self._names(arguments, key, where)) for key in arguments},
            thresholds={key: self._number(thresholds, key, where) for key in thresholds},
            limits=self._limits(self._get(table, "limits", dict, where, {}), where),
            apart=self._truth(table, "apart", where),
            guide=self._told(table, "guide", where, ""),
            visibility=self._visibility(table, where),
            scaling=self._scaling(table, where),
        )

    def _graded(self, table: Mapping[str, Any], where: str) -> Graded:
        text = self._text(table, "graded", where)
        try:
            return Graded(text)
        except ValueError:
            self._fail(f"{where}: graded = {text!r}, where one of {', '.join(Graded)} is needed")

    def _visibility(self, table: Mapping[str, Any], where: str) -> Visibility:
        text = self._text(table, "visibility", where, Visibility.VISIBLE.value)
        try:
            return Visibility(text)
        except ValueError:
            known = ", ".join(Visibility)
            self._fail(f"{where}: visibility = {text!r}, where one of {known} is needed")

    def _parts(
        self, table: Mapping[str, Any], where: str, title: str, points: float
    ) -> tuple[Part, ...]:
        listed = self._get(table, "parts", list, where, [])
        parts = tuple(self._part(entry, where) for entry in listed)
        if not parts:
            return (Part("values", title, points),)
        ids = [part.id for part in parts]
        twice = {id_ for id_ in ids if ids.count(id_) > 1}
        if twice:
            self._fail(f"{where}: the part {min(twice)} is there twice")
        total = sum(part.points for part in parts)
        if abs(total - points) > 1e-9:
            self._fail(f"{where}: its parts have {total:g} points, the item has {points:g}")
        unknown = {part.requires for part in parts} - {part.id for part in parts} - {""}
        if unknown:
            self._fail(f"{where}: a part requires {min(unknown)!r}, which is no part of it")
        return parts

    def _part(self, entry: Any, where: str) -> Part:
        if not isinstance(entry, dict):
            self._fail(f"{where}: every entry of 'parts' has to be a table")
        where = f"{where}, parts"
        self._only(entry, {"id", "title", "points", "requires"}, where)
        return Part(
            self._text(entry, "id", where),
            self._told(entry, "title", where),
            self._number(entry, "points", where),
            self._text(entry, "requires", where, ""),
        )

    def _scaling(self, table: Mapping[str, Any], where: str) -> Scaling | None:
        if "scaling" not in table:
            return None
        own, where = self._get(table, "scaling", dict, where), f"{where}, scaling"
        self._only(own, {"sizes", "exponents"}, where)
        sizes = tuple(self._names(own, "sizes", where))
        listed = self._get(own, "exponents", list, where)
        if not sizes or not listed:
            self._fail(f"{where} has to list sizes and exponents")
        exponents: dict[str, float] = {}
        for entry in listed:
            if not isinstance(entry, dict):
                self._fail(f"{where}: every entry of 'exponents' has to be a table")
            self._only(entry, {"title", "exponent"}, where)
            title = self._told(entry, "title", where)
            if title in exponents:
                self._fail(f"{where}: {title!r} is there twice")
            exponents[title] = self._number(entry, "exponent", where)
        return Scaling(sizes, exponents)

    def _limits(self, table: Mapping[str, Any], where: str) -> Limits:
        where = f"{where}, limits"
        self._only(table, {"cpu_seconds", "memory_mb"}, where)
        usual = Limits()
        cpu = self._number(table, "cpu_seconds", where, usual.cpu_seconds)
        memory = self._number(table, "memory_mb", where, usual.memory_bytes / 1024**2)
        if cpu <= 0 or memory <= 0:
            self._fail(f"{where}: a limit has to be above 0")
        return Limits(cpu, cpu * WALL_FACTOR, int(memory * 1024**2))

    # ------------------------------------------------------------------- single values

    def _get(
        self, table: Mapping[str, Any], key: str, kind: type, where: str, default: Any = None
    ) -> Any:
        if key not in table and default is not None:
            return default
        if key not in table:
            self._fail(f"{where} lacks {key!r}")
        value = table[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            self._fail(f"{where}: {key!r} is of type {type(value).__name__}, not {kind.__name__}")
        return value

    def _text(
        self, table: Mapping[str, Any], key: str, where: str, default: str | None = None
    ) -> str:
        return str(self._get(table, key, str, where, default))

    def _truth(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._fail(f"{where}: {key!r} has to be true or false")
        return value

    def _told(
        self, table: Mapping[str, Any], key: str, where: str, default: str | None = None
    ) -> str:
        """A text for people, translated."""
        return self._catalogue.tr(self._text(table, key, where, default))

    def _number(
        self, table: Mapping[str, Any], key: str, where: str, default: float | None = None
    ) -> float:
        value = table.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e12:
            self._fail(f"{where}: {key!r} has to be a number that is not negative")
        return float(value)

    def _share(self, table: Mapping[str, Any], key: str, where: str) -> float:
        share = self._number(table, key, where, 0.0)
        if share > 1:
            self._fail(f"{where}: {key!r} is a share between 0 and 1, such as 0.2")
        return share

    def _names(self, table: Mapping[str, Any], key: str, where: str) -> Sequence[str]:
        values = self._get(table, key, list, where, [])
        if not all(isinstance(value, str) for value in values):
            self._fail(f"{where}: {key!r} has to list names")
        return [str(value) for value in values]

    def _only(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        unknown = sorted(set(table) - known)
        if unknown:
            close = difflib.get_close_matches(unknown[0], known, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            self._fail(f"{where}: the key {unknown[0]!r} is not known{hint}")

    def _has(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def _own(self, name: str) -> str:
        """The file of a name in the language that is spoken: ``starter.ru.py``, if there is one."""
        own = in_language(name, self._language)
        return own if self._has(own) else name

    def _file(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise AssignmentError(f"{self._folder / name} cannot be read") from error

    def _fail(self, sentence: str) -> NoReturn:
        raise AssignmentError(f"{self._folder / RUBRIC}: {sentence}")


def _digest(folder: Path) -> str:
    """Of the rubric, the tasks and the starters, and of the references that come with adcheck."""
    digest = hashlib.sha256()
    for place in (folder, _root() / "reference"):
        for path in sorted(place.rglob("*")):
            if path.suffix in (".py", ".toml", ".mo") and path.is_file():
                data = path.read_bytes()
                digest.update(f"{path.relative_to(place)}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


# --------------------------------------------------------------------------- tasks


def load_reference(name: str) -> types.ModuleType:
    """Imports a module of reference implementations, and with it JAX.

    Args:
        name: of the module, such as ``hvp``.
    """
    _mount_reference()
    return importlib.import_module(f"reference.{name}")


_importing = threading.Lock()  # assignments are graded, and their cases drawn, in several threads


def _load_tasks_once(
    folder: Path, slug: str, items: Sequence[Item], language: str
) -> Mapping[str, Task]:
    with _importing:
        return _load_tasks(folder, slug, items, language)


def _load_tasks(
    folder: Path, slug: str, items: Sequence[Item], language: str
) -> Mapping[str, Task]:
    """Imports an assignment's tasks, and with them JAX and the reference implementations.

    Raises:
        AssignmentError: they cannot be imported, or leave an item without a task.
    """
    _mount_reference()
    # two folders may share a slug: a teacher's own copy beside the one that is shipped
    package = f"adcheck_assignment_{slug}_{zlib.crc32(os.fsencode(folder)):08x}"
    _mount(package, folder)
    try:
        tasks: Mapping[str, Task] = dict(importlib.import_module(f"{package}.tasks").tasks())
    except Exception as error:
        kind = type(error).__name__
        raise AssignmentError(f"{folder / 'tasks.py'} cannot be used: {kind}: {error}") from error
    for item in items:
        if item.graded is not Graded.MANUAL and item.id not in tasks:
            raise AssignmentError(f"{folder / 'tasks.py'} has no task for the item {item.id}")
    if language == ENGLISH:
        return tasks
    with using(language):
        return {id_: _translated(task, Catalogue(folder / FOLDER)) for id_, task in tasks.items()}


def _translated(task: Task, catalogue: Catalogue) -> Task:
    """A task whose known mistakes are told in the language that is spoken."""
    mistakes = tuple(
        replace(one, sentence=catalogue.tr(one.sentence), hint=catalogue.tr(one.hint))
        for one in task.mistakes
    )
    return replace(task, mistakes=mistakes)


def _mount_reference() -> None:
    if "jax" not in sys.modules:  # references are small: no accelerator is worth its start
        os.environ["JAX_PLATFORMS"] = "cpu"
    _mount("reference", _root() / "reference")


def _mount(name: str, folder: Path) -> None:
    """Makes a folder importable as a package, without touching ``sys.path``."""
    if name in sys.modules:
        return
    init = folder / "__init__.py"
    if init.is_file():
        spec = importlib.util.spec_from_file_location(
            name, init, submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    else:
        module = types.ModuleType(name)
        module.__path__ = [str(folder)]
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        module.__spec__ = spec
        sys.modules[name] = module
