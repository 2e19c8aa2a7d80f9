"""A path into a submission: a module, notebook, folder or zip, read and never executed."""

from __future__ import annotations

import difflib
import hashlib
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from adcheck.errors import AmbiguousSubmissionError, SubmissionNotFoundError
from adcheck.language import tr, trn
from adcheck.model import Problem, Severity, Source, Submission
from adcheck.reading.containers import SUFFIXES, Folder, Shelf, TooLargeError, Zip, read_given
from adcheck.reading.notebooks import (
    TooManyMagicsError,
    looks_like_notebook,
    read_notebook,
    too_many_magics,
    translate_magics,
)
from adcheck.reading.siblings import SiblingFinder, modules_of
from adcheck.reading.texts import Reading, decode, parse_problem, refusal

__all__ = ["load_submission"]


def load_submission(path: str | Path) -> Submission:
    """Read what a student handed in.

    Args:
        path: a ``.py`` or ``.ipynb`` file, or a folder or ``.zip`` that holds one.

    Returns:
        The submission; whatever cannot be read or parsed is told in its `problems`.

    Raises:
        SubmissionNotFoundError: if there is nothing of a kind that is read.
        AmbiguousSubmissionError: if a folder or zip holds several possible submissions.
    """
    given, place = str(path), Path(path)
    mode = _mode(place)
    if stat.S_ISDIR(mode):
        return _from_container(given, Folder(place))
    if not stat.S_ISREG(mode):
        raise SubmissionNotFoundError(f"{given} is no regular file, so it is not opened.")
    suffix = place.suffix.lower()
    if suffix == ".zip":
        return _from_zip(given, place)
    if suffix not in SUFFIXES:
        message = tr(
            "{file} is of no kind that is read (.py, .ipynb and .zip files and folders are); hand "
            "in one of those.",
            file=place.name,
        )
        return _unread(given, place.name, "unknown-kind", message)
    return _from_file(given, place)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionNotFoundError(f"{path} does not exist{_suggestion(path)}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise SubmissionNotFoundError(f"{path} cannot be read: {reason}.") from error
    except ValueError as error:
        raise SubmissionNotFoundError(f"{str(path)!r} is no path: {error}.") from error


def _suggestion(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if not entry.name.startswith(".")]
    except OSError:
        return "."
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(path.name.casefold(), folded, n=1)
    return f"; did you mean {path.with_name(folded[close[0]])}?" if close else "."


def _from_zip(given: str, place: Path) -> Submission:
    """A zip that somebody handed in is graded, whatever it holds; only two answers are too many."""
    try:
        archive = Zip(place)
        try:
            return _from_container(given, archive)
        finally:
            archive.close()
    except SubmissionNotFoundError as error:
        return _unread(given, place.name, "unreadable", str(error))


def _from_file(given: str, place: Path) -> Submission:
    name = place.name
    try:
        data = read_given(place)
    except TooLargeError as error:
        return _unread(given, name, "too-large", str(error))
    reading = _read(data, name)
    shelf = Folder(place.parent)
    finder = SiblingFinder(shelf, "")
    siblings = finder.find(reading)
    problems = (*reading.problems, *finder.problems, *_left_out(shelf))
    digest = hashlib.sha256(data).hexdigest()
    return Submission(given, name, digest, reading.sources, siblings, problems)


def _from_container(given: str, shelf: Shelf) -> Submission:
    candidates = _shallowest(shelf.candidates())
    if not candidates:
        links = "".join(f" {problem.message}" for problem in _left_out(shelf))
        message = tr("{file} holds no .py or .ipynb file.", file=given)
        raise SubmissionNotFoundError(f"{message}{links}")
    readings: dict[str, Reading] = {}
    contents: dict[str, bytes] = {}
    for name in candidates:
        try:
            contents[name] = shelf.read(name)
            readings[name] = _read(contents[name], PurePosixPath(name).name)
        except TooLargeError as error:
            readings[name] = refusal("too-large", str(error), name)
    name = _choose(given, readings)
    if name not in contents:
        return _unread(given, name, "too-large", readings[name].problems[0].message)
    reading, finder = readings[name], SiblingFinder(shelf, name.rpartition("/")[0])
    siblings = finder.find(reading)
    problems = (*reading.problems, *finder.problems, *_left_out(shelf))
    digest = _digest({name: contents[name], **finder.contents})
    return Submission(given, name, digest, reading.sources, siblings, problems)


def _left_out(shelf: Shelf) -> list[Problem]:
    """What there is to say of links that were not followed: nothing, or one sentence."""
    if not shelf.left_out:
        return []
    first, *others = sorted(shelf.left_out)
    message = tr(
        "{file} is a link to a place outside the folder that was handed in, so it was not read; "
        "hand in the file itself.",
        file=first,
    )
    if others:
        message = trn(
            "{file} is a link to a place outside the folder that was handed in, so it was not "
            "read, nor was {count} other; hand in the file itself.",
            "{file} is a link to a place outside the folder that was handed in, so it was not "
            "read, nor were {count} others; hand in the file itself.",
            len(others),
            file=first,
            count=len(others),
        )
    return [Problem(Severity.WARNING, "link", message, first)]


def _unread(given: str, name: str, code: str, message: str) -> Submission:
    problem = Problem(Severity.ERROR, code, message, name)
    return Submission(given, name, hashlib.sha256(b"").hexdigest(), (), (), (problem,))


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{len(contents[name])}\0".encode("utf-8", "surrogateescape"))
        digest.update(contents[name])
    return digest.hexdigest()


def _read(data: bytes, label: str) -> Reading:
    if label.lower().endswith(".ipynb"):
        return read_notebook(data, label)
    if looks_like_notebook(data):
        message = tr("{file} is a notebook by its content and was read as one.", file=label)
        reading = read_notebook(data, label)
        note = Problem(Severity.NOTE, "renamed-notebook", message, label)
        return replace(reading, problems=(note, *reading.problems))
    return _read_module(data, label)


def _read_module(data: bytes, label: str) -> Reading:
    text, problems = decode(data, label)
    if not text.strip():
        empty = Problem(Severity.ERROR, "empty", tr("{file} is empty.", file=label), label)
        return Reading(problems=problems or (empty,))
    this = tr("This file")
    problem = parse_problem(text, label, this)
    if problem is not None:
        try:
            translated = translate_magics(text)
        except TooManyMagicsError:
            error = too_many_magics(label, this, tr("delete those that grading does not need"))
            return Reading(problems=(*problems, error))
        if translated == text or parse_problem(translated, label, this):
            error = replace(problem, severity=Severity.ERROR)
            return Reading(problems=(*problems, error))
        message = tr(
            "{file} holds notebook commands (! or %), which were read as in a notebook.",
            file=label,
        )
        problems, text = (*problems, Problem(Severity.NOTE, "magics", message, label)), translated
    return Reading((Source(label, text),), (), problems)


def _shallowest(names: list[str]) -> list[str]:
    depth = min((name.count("/") for name in names), default=0)
    return [name for name in names if name.count("/") == depth]


def _choose(given: str, readings: Mapping[str, Reading]) -> str:
    """The one candidate that no other candidate in its folder imports."""
    imported = {
        str(PurePosixPath(name).with_name(module + ".py"))
        for name, reading in readings.items()
        for module in modules_of(reading.sources)
        if "." not in module and module != PurePosixPath(name).stem
    }
    left = [name for name in readings if name not in imported]
    if len(left) == 1:
        return left[0]
    names = ", ".join(left or readings)
    raise AmbiguousSubmissionError(
        f"{given} holds several possible submissions ({names}); give the file itself."
    )
